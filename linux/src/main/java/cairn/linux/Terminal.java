package cairn.linux;

/** Terminal settings by file descriptor number (0 is standard input). */
@SuppressWarnings("DoNotCallSuggester")
public final class Terminal {
    private Terminal() {}

    public record WindowSize(int rows, int columns) {}

    /** Puts a terminal back as it was; may be closed more than once. */
    public interface RawMode extends AutoCloseable {
        @Override
        void close();
    }

    public static boolean isTerminal(int fd) {
        throw new UnsupportedOperationException();
    }

    /** ENOTTY if it is not a terminal. */
    public static WindowSize size(int fd) {
        throw new UnsupportedOperationException();
    }

    /** Switches echo, line editing, signals from keys and output processing off, as cfmakeraw(3), until the result is closed. */
    public static RawMode raw(int fd) {
        throw new UnsupportedOperationException();
    }
}
