package cairn.linux;

import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Another process's network namespace. It lives at least until this is closed, and so does whatever is in it; sockets that were opened in
 * it hold it too.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final long CLONE_NEWNET = 0x40000000;
    private static final long AGAIN_NANOS = 10_000_000;

    private final int fd;
    private final String subject;
    private int users;
    private boolean closed;

    private NetworkNamespace(int fd, String subject) {
        this.fd = fd;
        this.subject = subject;
    }

    /**
     * @param startTime as in {@link Processes#startTime}
     * @throws LinuxException ENOENT or ESRCH if that process is gone
     */
    public static NetworkNamespace of(int pid, long startTime) {
        String path = "/proc/" + pid + "/ns/net";
        int fd = open(path);
        // Only after the descriptor: if the start time is still right, this is that process's namespace.
        if (Processes.startTime(pid) != startTime) {
            Syscall.close(fd);
            throw new LinuxException("open", path, Errno.ESRCH);
        }
        return new NetworkNamespace(fd, path);
    }

    private static int open(String path) {
        try (Scratch scratch = Scratch.borrow()) {
            return (int) Syscall.check(
                    Syscall.call(
                            scratch, Syscall.OPENAT, FileCalls.AT_FDCWD, scratch.text(path), FileCalls.O_CLOEXEC, 0),
                    "open",
                    path);
        }
    }

    /**
     * Runs work in the namespace, on a platform thread of its own, and waits for it: sockets that it opens belong there for good, whoever
     * uses them afterwards. What it throws is thrown here.
     *
     * <p>A thread that the virtual machine starts belongs to the namespace of the one that happens to start it. So the work must not wake
     * other threads, nor be the first that uses something for which the JDK starts one; its result is told only after the way back.
     */
    public <T> T call(String name, Supplier<T> work) {
        enter();
        try {
            FutureTask<T> done = new FutureTask<>(() -> inside(work));
            // The task's own completion is what wakes the caller, when the thread is at home again.
            Thread.ofPlatform().name(name).daemon().start(done);
            return KernelThread.result(name, done);
        } finally {
            leave();
        }
    }

    /** The same for a single piece of work. */
    public static <T> T call(String name, int pid, long startTime, Supplier<T> work) {
        try (NetworkNamespace namespace = of(pid, startTime)) {
            return namespace.call(name, work);
        }
    }

    private <T> T inside(Supplier<T> work) {
        int home = open("/proc/thread-self/ns/net");
        try {
            join(fd);
            try {
                return work.get();
            } finally {
                while (!joined(home)) {
                    LockSupport.parkNanos(AGAIN_NANOS); // No memory for a moment: it must not end here.
                }
            }
        } finally {
            Syscall.close(home);
        }
    }

    private void join(int namespace) {
        try (Scratch scratch = Scratch.borrow()) {
            Syscall.check(Syscall.call(scratch, Syscall.SETNS, namespace, CLONE_NEWNET), "setns", subject);
        }
    }

    private static boolean joined(int namespace) {
        try (Scratch scratch = Scratch.borrow()) {
            return Syscall.call(scratch, Syscall.SETNS, namespace, CLONE_NEWNET) == 0;
        }
    }

    private synchronized void enter() {
        if (closed) {
            throw new LinuxException("setns", subject, Errno.ESRCH);
        }
        users++;
    }

    private synchronized void leave() {
        users--;
        release();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            release();
        }
    }

    private void release() {
        if (closed && users == 0) {
            users = -1;
            Syscall.close(fd);
        }
    }
}
