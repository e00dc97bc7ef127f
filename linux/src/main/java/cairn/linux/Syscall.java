package cairn.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * System calls by number, all through syscall(2): one function to bind, whatever is called. Results are as the kernel gives them, a negative
 * errno on failure; interrupted calls are repeated. Pointers are addresses in a {@link Scratch}, which never goes away.
 */
final class Syscall {
    static final int READ = number(0, 63);
    static final int WRITE = number(1, 64);
    static final int IOCTL = number(16, 29);
    static final int LSEEK = number(8, 62);
    static final int CLOSE = number(3, 57);
    static final int SOCKET = number(41, 198);
    static final int SENDTO = number(44, 206);
    static final int RECVFROM = number(45, 207);
    static final int BIND = number(49, 200);
    static final int SETSOCKOPT = number(54, 208);
    static final int KILL = number(62, 129);
    static final int UNAME = number(63, 160);
    static final int SYNC_FILE_RANGE = number(277, 84);
    static final int FLOCK = number(73, 32);
    static final int FSYNC = number(74, 82);
    static final int FTRUNCATE = number(77, 46);
    static final int FCHMOD = number(91, 52);
    static final int FCHOWN = number(93, 55);
    static final int SYSINFO = number(99, 179);
    static final int CHDIR = number(80, 49);
    static final int FSTATFS = number(138, 44);
    static final int SETFSUID = number(122, 151);
    static final int SETFSGID = number(123, 152);
    static final int CAPGET = number(125, 90);
    static final int CAPSET = number(126, 91);
    static final int PIVOT_ROOT = number(155, 41);
    static final int MOUNT = number(165, 40);
    static final int UMOUNT2 = number(166, 39);
    static final int LSETXATTR = number(189, 6);
    static final int FSETXATTR = number(190, 7);
    static final int LGETXATTR = number(192, 9);
    static final int LLISTXATTR = number(195, 12);
    static final int LREMOVEXATTR = number(198, 15);
    static final int SCHED_GETAFFINITY = number(204, 123);
    static final int GETDENTS64 = number(217, 61);
    static final int OPENAT = number(257, 56);
    static final int MKDIRAT = number(258, 34);
    static final int MKNODAT = number(259, 33);
    static final int FCHOWNAT = number(260, 54);
    static final int UNLINKAT = number(263, 35);
    static final int LINKAT = number(265, 37);
    static final int SYMLINKAT = number(266, 36);
    static final int READLINKAT = number(267, 78);
    static final int FCHMODAT = number(268, 53);
    static final int UTIMENSAT = number(280, 88);
    static final int SYNCFS = number(306, 267);
    static final int RENAMEAT2 = number(316, 276);
    static final int MEMFD_CREATE = number(319, 279);
    static final int UNSHARE = number(272, 97);
    static final int SETNS = number(308, 268);
    static final int BPF = number(321, 280);
    static final int COPY_FILE_RANGE = number(326, 285);
    static final int STATX = number(332, 291);
    static final int PIDFD_SEND_SIGNAL = 424;
    static final int OPEN_TREE = 428;
    static final int MOVE_MOUNT = 429;
    static final int PIDFD_OPEN = 434;
    static final int CLOSE_RANGE = 436;
    static final int OPENAT2 = 437;
    static final int MOUNT_SETATTR = 442;
    static final int QUOTACTL_FD = 443;
    static final int FCHMODAT2 = 452;

    private static int number(int x86, int aarch64) {
        return Native.AARCH64 ? aarch64 : x86;
    }

    private static final MethodHandle SYSCALL = Native.function(
            "syscall",
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.captureCallState("errno"));

    /** The same function for a caller's own memory, which a typed argument keeps alive during the call. */
    private static final class WithMemory {
        static final MethodHandle SYSCALL = Native.function(
                "syscall",
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG),
                Linker.Option.captureCallState("errno"));
    }

    private Syscall() {}

    static long call(Scratch scratch, int number, long a, long b, long c, long d, long e, long f) {
        try {
            while (true) {
                long result = (long) SYSCALL.invokeExact(scratch.state, (long) number, a, b, c, d, e, f);
                if (result != -1) {
                    return result;
                }
                int errno = scratch.errno();
                // After EINTR the descriptor of close(2) is gone already; a second call could hit another thread's.
                if (errno != Errno.EINTR || number == CLOSE) {
                    return -errno;
                }
            }
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
    }

    static long call(Scratch scratch, int number, long a) {
        return call(scratch, number, a, 0, 0, 0, 0, 0);
    }

    static long call(Scratch scratch, int number, long a, long b) {
        return call(scratch, number, a, b, 0, 0, 0, 0);
    }

    static long call(Scratch scratch, int number, long a, long b, long c) {
        return call(scratch, number, a, b, c, 0, 0, 0);
    }

    static long call(Scratch scratch, int number, long a, long b, long c, long d) {
        return call(scratch, number, a, b, c, d, 0, 0);
    }

    static long call(Scratch scratch, int number, long a, long b, long c, long d, long e) {
        return call(scratch, number, a, b, c, d, e, 0);
    }

    /** read(2) or write(2) on a descriptor with native memory that is not scratch. */
    static long transfer(Scratch scratch, int number, int fd, MemorySegment memory) {
        try {
            while (true) {
                long result = (long) WithMemory.SYSCALL.invokeExact(
                        scratch.state, (long) number, (long) fd, memory, memory.byteSize());
                if (result != -1) {
                    return result;
                }
                if (scratch.errno() != Errno.EINTR) {
                    return -scratch.errno();
                }
            }
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
    }

    /** Passes a good result through and turns a negative errno into an exception. */
    static long check(long result, String call, String subject) {
        if (result < 0) {
            throw new LinuxException(call, subject, (int) -result);
        }
        return result;
    }

    /** Closes a descriptor; whatever the kernel says, it is gone then. */
    static void close(int fd) {
        try (Scratch scratch = Scratch.borrow()) {
            long ignored = call(scratch, CLOSE, fd);
        }
    }
}
