package cairn.linux;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** The network namespace of another process, for the time of some work. */
public final class NetworkNamespace {
    private static final long CLONE_NEWNET = 0x40000000;

    private NetworkNamespace() {}

    /**
     * Does work in it, on a platform thread that is there for nothing else: a thread keeps the namespace that it has entered, and
     * hands it on to every thread that it starts. So the work must start none, which netlink and small files do not.
     *
     * @param startTime of the process, so that it cannot be another one with the same number
     * @throws LinuxException ESRCH if the process has ended
     */
    public static <T> T call(String name, int pid, long startTime, Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(() -> {
            enter(pid, startTime);
            return work.get();
        });
        Thread.ofPlatform().name(name).daemon().start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + name, e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException fault -> throw fault;
                case Error fault -> throw fault;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    private static void enter(int pid, long startTime) {
        String path = "/proc/" + pid + "/ns/net";
        try (Scratch scratch = Scratch.borrow()) {
            int fd = (int) Syscall.check(
                    Syscall.call(
                            scratch,
                            Syscall.OPENAT,
                            FileCalls.AT_FDCWD,
                            scratch.text(path),
                            FileCalls.O_RDONLY | FileCalls.O_CLOEXEC,
                            0),
                    "open",
                    path);
            try {
                // The number may have been given to another process before the file was opened, but not afterwards.
                if (!Processes.isAlive(pid, startTime)) {
                    throw new LinuxException("setns", path, Errno.ESRCH);
                }
                Syscall.check(Syscall.call(scratch, Syscall.SETNS, fd, CLONE_NEWNET), "setns", path);
            } finally {
                Syscall.close(fd);
            }
        }
    }
}
