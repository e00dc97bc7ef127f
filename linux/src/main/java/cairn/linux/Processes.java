package cairn.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Signals, and what /proc tells about other processes. */
public final class Processes {
    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGQUIT = 3;
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;
    public static final int SIGWINCH = 28;

    /** Positions in the part of /proc/PID/stat behind the name, which starts with field 3. */
    private static final int START_TIME = 22 - 3;

    private Processes() {}

    /** kill(2); ESRCH if the process is gone. Pids below 1 would mean groups of processes and are refused. */
    public static void kill(int pid, int signal) {
        if (pid < 1) {
            throw new IllegalArgumentException("not a pid: " + pid);
        }
        try (Scratch scratch = Scratch.borrow()) {
            Syscall.check(Syscall.call(scratch, Syscall.KILL, pid, signal), "kill", Integer.toString(pid));
        }
    }

    /** As {@link #kill}, but only if the process still is the one that started then (pidfd_open(2)); false if it is gone. */
    public static boolean killExactly(int pid, long startTime, int signal) {
        try (Scratch scratch = Scratch.borrow()) {
            int fd = (int) Syscall.call(scratch, Syscall.PIDFD_OPEN, pid, 0);
            if (fd == -Errno.ESRCH) {
                return false;
            }
            Syscall.check(fd, "pidfd_open", Integer.toString(pid));
            try {
                // The descriptor holds on to one process, so that the comparison also holds for the signal after it.
                return startTime(pid) == startTime && signal(scratch, fd, pid, signal);
            } finally {
                Syscall.close(fd);
            }
        }
    }

    private static boolean signal(Scratch scratch, int fd, int pid, int signal) {
        long result = Syscall.call(scratch, Syscall.PIDFD_SEND_SIGNAL, fd, signal);
        if (result == -Errno.ESRCH) {
            return false;
        }
        Syscall.check(result, "pidfd_send_signal", Integer.toString(pid));
        return true;
    }

    /** Clock ticks between boot and the start of the process; -1 if it is gone. A pid and its start time name a process for good. */
    public static long startTime(int pid) {
        String stat = text("/proc/" + pid + "/stat");
        return stat == null ? -1 : Long.parseLong(afterName(stat).get(START_TIME));
    }

    /** Whether this very process runs: it is there, with this start time, and is no zombie. */
    public static boolean isAlive(int pid, long startTime) {
        String stat = text("/proc/" + pid + "/stat");
        return stat != null
                && Long.parseLong(afterName(stat).get(START_TIME)) == startTime
                && !afterName(stat).getFirst().equals("Z");
    }

    /** Null if the process is gone. */
    public static @Nullable ProcessInfo info(int pid) {
        String stat = text("/proc/" + pid + "/stat");
        String status = text("/proc/" + pid + "/status");
        String command = text("/proc/" + pid + "/cmdline");
        if (stat == null || status == null || command == null) {
            return null;
        }
        List<String> fields = afterName(stat);
        List<Integer> namespacePids =
                words(line(status, "NSpid:")).stream().map(Integer::valueOf).toList();
        return new ProcessInfo(
                pid,
                Integer.parseInt(fields.get(1)),
                namespacePids.isEmpty() ? List.of(pid) : namespacePids,
                stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
                fields.get(0).charAt(0),
                arguments(command),
                Integer.parseUnsignedInt(words(line(status, "Uid:")).get(1)),
                Long.parseLong(fields.get(START_TIME)));
    }

    /** A program may choose its name freely, parentheses and spaces included; nothing after it has a parenthesis. */
    private static List<String> afterName(String stat) {
        return words(stat.substring(stat.lastIndexOf(')') + 1));
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.strip().split("\\s+", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static String line(String status, String key) {
        return status.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()))
                .findFirst()
                .orElse("");
    }

    private static List<String> arguments(String command) {
        if (command.isEmpty()) {
            return List.of();
        }
        String trimmed = command.endsWith("\0") ? command.substring(0, command.length() - 1) : command;
        return Arrays.asList(trimmed.split("\0", -1));
    }

    /** Inode numbers of its namespaces by kind ({@code mnt}, {@code net}, {@code pid} ...), sorted; empty if the process is gone. */
    public static Map<String, Long> namespaces(int pid) {
        String directory = "/proc/" + pid + "/ns";
        Map<String, Long> found = new TreeMap<>();
        List<String> kinds = FileCalls.names(directory);
        if (kinds == null) {
            return found;
        }
        for (String kind : kinds) {
            FileStatus status = namespace(directory + "/" + kind);
            if (status != null) {
                found.put(kind, status.inode());
            }
        }
        return found;
    }

    private static @Nullable FileStatus namespace(String link) {
        try (Scratch scratch = Scratch.borrow()) {
            return FileCalls.status(scratch, FileCalls.AT_FDCWD, scratch.text(link), 0, link);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ESRCH) {
                return null;
            }
            throw e;
        }
    }

    /** Processes whose parent this is, sorted; empty if there are none or the process is gone. */
    public static List<Integer> children(int pid) {
        List<String> threads = FileCalls.names("/proc/" + pid + "/task");
        List<Integer> found = new ArrayList<>();
        for (String thread : threads == null ? List.<String>of() : threads) {
            String children = text("/proc/" + pid + "/task/" + thread + "/children");
            words(children == null ? "" : children).forEach(child -> found.add(Integer.valueOf(child)));
        }
        found.sort(null);
        return found;
    }

    /** Processes in a cgroup directory, without those in cgroups below; empty if there is no such cgroup. */
    public static List<Integer> pidsInCgroup(Path cgroup) {
        String pids = text(cgroup + "/cgroup.procs");
        return words(pids == null ? "" : pids).stream()
                .map(Integer::valueOf)
                .sorted()
                .distinct()
                .toList();
    }

    private static @Nullable String text(String path) {
        byte[] content = FileCalls.read(path);
        return content == null ? null : new String(content, StandardCharsets.UTF_8);
    }
}
