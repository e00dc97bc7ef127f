package cairn.linux;

import java.nio.charset.StandardCharsets;

/** Facts about the machine and its kernel. */
public final class Kernel {
    /** Each text of struct utsname has 65 bytes with its NUL (uname(2)). */
    private static final int FIELD = 65;

    private Kernel() {}

    /** Such as {@code 6.18.4-generic}. */
    public static String release() {
        return uname(2);
    }

    /** Such as {@code #1 SMP PREEMPT_DYNAMIC ...}. */
    public static String version() {
        return uname(3);
    }

    /** {@code x86_64} or {@code aarch64}. */
    public static String machine() {
        return uname(4);
    }

    public static String hostname() {
        return uname(1);
    }

    private static String uname(int field) {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area names = scratch.area(6 * FIELD);
            Syscall.check(Syscall.call(scratch, Syscall.UNAME, names.address()), "uname", "");
            return new String(names.string(field * FIELD), StandardCharsets.UTF_8);
        }
    }

    /** In bytes (sysinfo(2)). */
    public static long totalMemory() {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area info = scratch.area(128);
            Syscall.check(Syscall.call(scratch, Syscall.SYSINFO, info.address()), "sysinfo", "");
            long unit = Integer.toUnsignedLong(info.getInt(104));
            return info.getLong(32) * unit;
        }
    }

    /** Processors that this process may run on, whatever its cgroup's quota. */
    public static int cpus() {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area mask = scratch.area(1024);
            long bytes = Syscall.check(
                    Syscall.call(scratch, Syscall.SCHED_GETAFFINITY, 0, mask.size(), mask.address()),
                    "sched_getaffinity",
                    "");
            int cpus = 0;
            for (int at = 0; at < bytes; at += Long.BYTES) {
                cpus += Long.bitCount(mask.getLong(at));
            }
            return cpus;
        }
    }
}
