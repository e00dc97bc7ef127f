package cairn.wire.image;

import io.avaje.jsonb.Json;

/** Bytes of a manifest: its content, and all with the unpacked layers. */
@Json
public record ManifestSize(
        @Json.Property("Content") long content,
        @Json.Property("Total") long total) {
    /** Every field at its zero value. */
    public static final ManifestSize EMPTY = new ManifestSize(0, 0);
}
