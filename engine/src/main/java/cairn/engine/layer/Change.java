package cairn.engine.layer;

/**
 * One path that a container has changed.
 *
 * @param path absolute in the container
 */
public record Change(Kind kind, String path) {
    /** Docker's kinds, in the order of their numbers. */
    public enum Kind {
        MODIFIED,
        ADDED,
        DELETED
    }
}
