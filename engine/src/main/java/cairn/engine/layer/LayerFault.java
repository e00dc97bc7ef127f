package cairn.engine.layer;

/**
 * One way in which a layer's directory differs from its tar-split record.
 *
 * @param path in the layer, without a leading slash; empty for the layer as a whole
 * @param what in words that follow the path, such as {@code has mode 0777 instead of 0755}
 */
public record LayerFault(Kind kind, String path, String what) {
    /** What is wrong. */
    public enum Kind {
        /** The record cannot be read. */
        RECORD,
        /** Everything is as recorded, but the record makes another archive than the layer's diff ID says. */
        DIGEST,
        /** The bytes of a file. */
        CONTENT,
        /** Something recorded is not there, or of another kind. */
        MISSING,
        /** Something is there that no entry names. */
        EXTRA,
        /** Owner, mode, times, attributes, link target or device number. */
        METADATA
    }
}
