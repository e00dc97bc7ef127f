package cairn.linux;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Signals, and what /proc tells about other processes. */
@SuppressWarnings("DoNotCallSuggester")
public final class Processes {
    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGQUIT = 3;
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;
    public static final int SIGWINCH = 28;

    private Processes() {}

    /** kill(2); ESRCH if the process is gone. */
    public static void kill(int pid, int signal) {
        throw new UnsupportedOperationException();
    }

    /** As {@link #kill}, but only if the process still is the one that started then (pidfd_open(2)); false if it is gone. */
    public static boolean killExactly(int pid, long startTime, int signal) {
        throw new UnsupportedOperationException();
    }

    /** Clock ticks between boot and the start of the process; -1 if it is gone. A pid and its start time name a process for good. */
    public static long startTime(int pid) {
        throw new UnsupportedOperationException();
    }

    /** Null if the process is gone. */
    public static @Nullable ProcessInfo info(int pid) {
        throw new UnsupportedOperationException();
    }

    /** Inode numbers of its namespaces by kind ({@code mnt}, {@code net}, {@code pid} ...), sorted; empty if the process is gone. */
    public static Map<String, Long> namespaces(int pid) {
        throw new UnsupportedOperationException();
    }

    /** Processes whose parent this is; empty if there are none or the process is gone. */
    public static List<Integer> children(int pid) {
        throw new UnsupportedOperationException();
    }

    /** Processes in a cgroup directory, without those in cgroups below; empty if there is no such cgroup. */
    public static List<Integer> pidsInCgroup(Path cgroup) {
        throw new UnsupportedOperationException();
    }
}
