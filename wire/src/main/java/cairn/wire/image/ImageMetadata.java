package cairn.wire.image;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** What only this host knows of an image. */
@Json
public record ImageMetadata(@Json.Property("LastTagTime") String lastTagTime) {
    /** Every field at its zero value. */
    public static final ImageMetadata EMPTY = new ImageMetadata("0001-01-01T00:00:00Z");

    public ImageMetadata {
        lastTagTime = requireNonNullElse(lastTagTime, "0001-01-01T00:00:00Z");
    }
}
