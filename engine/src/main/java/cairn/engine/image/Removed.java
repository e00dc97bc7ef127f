package cairn.engine.image;

/** One step of a removal, in the order in which Docker reports them. */
public sealed interface Removed {
    /** A tag or digest reference was taken away, such as {@code busybox:latest}. */
    record Untagged(String reference) implements Removed {}

    /** An image or a layer was deleted: its ID or chain ID, with {@code sha256:}. */
    record Deleted(String digest) implements Removed {}
}
