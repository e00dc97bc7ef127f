package cairn.linux;

/** Facts about the machine and its kernel. */
@SuppressWarnings("DoNotCallSuggester")
public final class Kernel {
    private Kernel() {}

    /** Such as {@code 6.18.4-generic}. */
    public static String release() {
        throw new UnsupportedOperationException();
    }

    /** Such as {@code #1 SMP PREEMPT_DYNAMIC ...}. */
    public static String version() {
        throw new UnsupportedOperationException();
    }

    /** {@code x86_64} or {@code aarch64}. */
    public static String machine() {
        throw new UnsupportedOperationException();
    }

    public static String hostname() {
        throw new UnsupportedOperationException();
    }

    /** In bytes. */
    public static long totalMemory() {
        throw new UnsupportedOperationException();
    }

    /** Processors that this process may run on. */
    public static int cpus() {
        throw new UnsupportedOperationException();
    }
}
