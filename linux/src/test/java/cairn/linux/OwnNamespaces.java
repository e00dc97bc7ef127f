package cairn.linux;

import java.util.concurrent.atomic.AtomicReference;

/** Runs a test's body on a thread of its own in new namespaces, which vanish with the thread; the rest of the JVM stays where it is. */
final class OwnNamespaces {
    static final long MOUNT = 0x00020000;
    static final long NETWORK = 0x40000000;

    private static final int UNSHARE = Native.AARCH64 ? 97 : 272;
    private static final int SETNS = Native.AARCH64 ? 268 : 308;

    private OwnNamespaces() {}

    interface Body {
        void run() throws Exception;
    }

    static void run(long namespaces, Body body) {
        onThread(() -> {
            try (Scratch scratch = Scratch.borrow()) {
                Syscall.check(Syscall.call(scratch, UNSHARE, namespaces), "unshare", "");
            }
            if ((namespaces & MOUNT) != 0) {
                Mounts.mount(null, "/", null, Mounts.MS_REC | Mounts.MS_PRIVATE, null);
            }
            body.run();
        });
    }

    /** In the network namespace of another process. */
    static void inNetworkOf(long pid, Body body) {
        onThread(() -> {
            try (Scratch scratch = Scratch.borrow()) {
                long path = scratch.text("/proc/" + pid + "/ns/net");
                long fd = Syscall.check(
                        Syscall.call(scratch, Syscall.OPENAT, FileCalls.AT_FDCWD, path, FileCalls.O_CLOEXEC, 0),
                        "open",
                        "ns/net");
                Syscall.check(Syscall.call(scratch, SETNS, fd, NETWORK), "setns", "");
                Syscall.close((int) fd);
            }
            body.run();
        });
    }

    static void onThread(Body body) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().name("namespaces").start(() -> {
            try {
                body.run();
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        switch (failure.get()) {
            case null -> {}
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            case Throwable e -> throw new AssertionError(e);
        }
    }
}
