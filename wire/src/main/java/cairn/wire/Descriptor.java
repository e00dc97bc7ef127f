package cairn.wire;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An OCI content descriptor. */
@Json
@RecordBuilder
public record Descriptor(
        @Json.Property("mediaType") @DefaultValue("\"\"") String mediaType,
        @Json.Property("digest") @DefaultValue("\"\"") String digest,
        @Json.Property("size") long size,

        @Json.Property("urls,omitempty") @DefaultValue("null") @Nullable
        List<String> urls,

        @Json.Property("annotations,omitempty") @DefaultValue("null") @Nullable
        Map<String, String> annotations,

        @Json.Property("data,omitempty") @DefaultValue("\"\"")
        String data,

        @Json.Property("platform,omitempty") @Nullable Platform platform,

        @Json.Property("artifactType,omitempty") @DefaultValue("\"\"")
        String artifactType) {
    /** Every field at its zero value. */
    public static final Descriptor EMPTY = new Descriptor("", "", 0, null, null, "", null, "");

    public Descriptor {
        mediaType = requireNonNullElse(mediaType, "");
        digest = requireNonNullElse(digest, "");
        data = requireNonNullElse(data, "");
        artifactType = requireNonNullElse(artifactType, "");
    }
}
