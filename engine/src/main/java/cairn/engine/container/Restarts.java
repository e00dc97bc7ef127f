package cairn.engine.container;

/**
 * What a container's record remembers of its restarts.
 *
 * @param count how often its policy has started it since somebody last did
 * @param manuallyStopped whether somebody has stopped or killed it since then
 */
public record Restarts(int count, boolean manuallyStopped) {
    /** Of a container that somebody has just made or started. */
    static final Restarts NONE = new Restarts(0, false);

    Restarts stopped() {
        return new Restarts(count, true);
    }

    Restarts oneMore() {
        return new Restarts(count + 1, manuallyStopped);
    }
}
