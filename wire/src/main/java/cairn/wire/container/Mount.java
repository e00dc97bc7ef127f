package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** A mount as asked for; {@link MountPoint} is the mount as made. */
@Json
@RecordBuilder
public record Mount(
        @Json.Property("Type,omitempty") @DefaultValue("\"\"")
        String type,

        @Json.Property("Source,omitempty") @DefaultValue("\"\"")
        String source,

        @Json.Property("Target,omitempty") @DefaultValue("\"\"")
        String target,

        @Json.Property("ReadOnly,omitempty") boolean readOnly,

        @Json.Property("Consistency,omitempty") @DefaultValue("\"\"")
        String consistency,

        @Json.Property("BindOptions,omitempty") @Nullable BindOptions bindOptions,
        @Json.Property("VolumeOptions,omitempty") @Nullable VolumeOptions volumeOptions,
        @Json.Property("ImageOptions,omitempty") @Nullable ImageOptions imageOptions,
        @Json.Property("TmpfsOptions,omitempty") @Nullable TmpfsOptions tmpfsOptions) {
    public Mount {
        type = requireNonNullElse(type, "");
        source = requireNonNullElse(source, "");
        target = requireNonNullElse(target, "");
        consistency = requireNonNullElse(consistency, "");
    }
}
