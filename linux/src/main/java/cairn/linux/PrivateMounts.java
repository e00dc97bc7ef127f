package cairn.linux;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A mount namespace of its own with one directory as its root, held by a thread: nobody else sees what is mounted in it, and all of it is
 * gone when it is closed or this process dies, however it dies. What is opened in {@link #root} may be used by every thread.
 *
 * <p>The thread does nothing but hold: a thread that the virtual machine starts belongs to the namespace of the one that happens to start
 * it, so no work may be done there, and nobody but platform threads may wait for it.
 */
public final class PrivateMounts implements AutoCloseable {
    private static final long CLONE_NEWNS = 0x20000;

    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread holder;
    private @Nullable InRoot root;
    private @Nullable RuntimeException failure;

    private PrivateMounts(String name, Supplier<String> mounts) {
        holder = Thread.ofPlatform().name(name).daemon().unstarted(() -> hold(mounts));
    }

    /**
     * Makes the namespace as a copy of this process's own, makes mounts in it, and then leaves nothing in it but the one that is to be its
     * root, with what is mounted below.
     *
     * @param mounts what to mount, in the new namespace; the mount point that becomes the root
     * @throws IllegalStateException on a virtual thread
     */
    public static PrivateMounts open(String name, Supplier<String> mounts) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a mount namespace is not for virtual threads");
        }
        PrivateMounts made = new PrivateMounts(name, mounts);
        made.holder.start();
        await(made.ready);
        RuntimeException failure = made.failure;
        if (failure != null) {
            throw failure;
        }
        return made;
    }

    /** The root; closed with this. */
    public InRoot root() {
        InRoot found = root;
        if (found == null) {
            throw new IllegalStateException("no root");
        }
        return found;
    }

    private void hold(Supplier<String> mounts) {
        try {
            enter(mounts);
        } catch (RuntimeException e) {
            failure = e;
            return;
        } finally {
            ready.countDown();
        }
        await(done);
    }

    private void enter(Supplier<String> mounts) {
        try (Scratch scratch = Scratch.borrow()) {
            Syscall.check(Syscall.call(scratch, Syscall.UNSHARE, CLONE_NEWNS), "unshare", "mount namespace");
        }
        Mounts.mount(null, "/", null, Mounts.MS_REC | Mounts.MS_PRIVATE, null);
        String top = mounts.get();
        InRoot opened = InRoot.open(Path.of(top));
        try (Scratch scratch = Scratch.borrow()) {
            Syscall.check(Syscall.call(scratch, Syscall.CHDIR, scratch.text(top)), "chdir", top);
            // "pivot_root(".", ".")" in pivot_root(2): the old root lies on the new one, until it is detached.
            long here = scratch.text(".");
            Syscall.check(Syscall.call(scratch, Syscall.PIVOT_ROOT, here, here), "pivot_root", top);
            Syscall.check(Syscall.call(scratch, Syscall.UMOUNT2, here, Mounts.MNT_DETACH), "umount", "old root");
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
        root = opened;
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when the thread has ended, and with it the namespace, but for what is still open in it. */
    @Override
    public void close() {
        if (root != null) {
            root.close();
        }
        done.countDown();
        boolean interrupted = Thread.interrupted();
        try {
            holder.join();
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
