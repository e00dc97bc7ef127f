package cairn.wire.image;

import io.avaje.jsonb.Json;

/** Bytes of the unpacked layers. */
@Json
public record UnpackedSize(@Json.Property("Unpacked") long unpacked) {
    /** Every field at its zero value. */
    public static final UnpackedSize EMPTY = new UnpackedSize(0);
}
