package cairn.wire.image;

import static java.util.Objects.requireNonNullElse;

import cairn.wire.Descriptor;
import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** One manifest of a multi-platform image. */
@Json
@RecordBuilder
public record ManifestSummary(
        @Json.Property("ID") @DefaultValue("\"\"") String id,

        @Json.Property("Descriptor") @DefaultValue("Descriptor.EMPTY")
        Descriptor descriptor,

        @Json.Property("Available") boolean available,

        @Json.Property("Size") @DefaultValue("ManifestSize.EMPTY")
        ManifestSize size,

        @Json.Property("Kind") @DefaultValue("\"\"") String kind,
        @Json.Property("ImageData,omitempty") @Nullable ManifestImage imageData,

        @Json.Property("AttestationData,omitempty") @Nullable
        ManifestAttestation attestationData) {
    public ManifestSummary {
        id = requireNonNullElse(id, "");
        descriptor = requireNonNullElse(descriptor, Descriptor.EMPTY);
        size = requireNonNullElse(size, ManifestSize.EMPTY);
        kind = requireNonNullElse(kind, "");
    }
}
