package cairn.wire.image;

import static java.util.Objects.requireNonNullElse;

import cairn.wire.Platform;
import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a manifest of kind image holds. */
@Json
public record ManifestImage(
        @Json.Property("Platform") Platform platform,
        @Json.Property("Size") UnpackedSize size,
        @Json.Property("Containers") @Nullable List<String> containers) {
    public ManifestImage {
        platform = requireNonNullElse(platform, Platform.EMPTY);
        size = requireNonNullElse(size, UnpackedSize.EMPTY);
    }
}
