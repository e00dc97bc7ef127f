package cairn.engine.layer;

import cairn.engine.error.Problem;
import cairn.engine.store.StoreFault;
import cairn.linux.Errno;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.linux.Mounts;
import cairn.linux.PrivateMounts;
import cairn.linux.Processes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A container's files as its processes see them, mounts included. Of a running container that is the root of its own process; of others it
 * is mounted for as long as this is open, in a mount namespace that nobody else is in. Not for virtual threads.
 */
public final class ContainerRoot implements AutoCloseable {
    /**
     * What is mounted into the container.
     *
     * @param source on the host
     * @param below a path with the source as its root that is mounted instead; empty for the source itself
     * @param target in the container
     */
    public record Attached(String source, String below, String target, boolean directory, boolean readOnly) {}

    private final InRoot root;
    private final @Nullable PrivateMounts mounts;
    private final Runnable after;

    private ContainerRoot(InRoot root, @Nullable PrivateMounts mounts, Runnable after) {
        this.root = root;
        this.mounts = mounts;
        this.after = after;
    }

    /** @param startTime of that process; null if it is another one by now, or gone */
    public static @Nullable ContainerRoot ofProcess(int pid, long startTime) {
        try {
            InRoot root = InRoot.ofProcess(pid);
            if (Processes.startTime(pid) == startTime) {
                return new ContainerRoot(root, null, () -> {});
            }
            root.close();
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ESRCH) {
                throw StoreFault.of("open root of process " + pid, e);
            }
        }
        return null;
    }

    /**
     * Mounts what a container that does not run would see.
     *
     * @param overlay its root
     * @param scratch a directory that is not needed meanwhile: covered by a file system in memory that takes what the overlay writes, so
     *     that nothing of this remains; null if the overlay's own upper layer takes it
     * @param readOnly whether its root is to be seen as read-only; what is attached need not be
     */
    static ContainerRoot mount(
            OverlayMount overlay, @Nullable String scratch, List<Attached> attached, boolean readOnly, Runnable after) {
        PrivateMounts mounts = PrivateMounts.open("cairn-root", () -> {
            if (scratch != null) {
                Mounts.mount("tmpfs", scratch, "tmpfs", 0, "mode=0700,size=16m");
                try (InRoot memory = InRoot.open(java.nio.file.Path.of(scratch))) {
                    memory.make("/upper", true);
                    memory.make("/work", true);
                }
            }
            if (!overlay.fitsAbsolute()) {
                throw new Problem.NotSupported("mount root of a container: too many layers for one page").exception();
            }
            Mounts.mount("overlay", overlay.target(), "overlay", 0, overlay.data());
            try (InRoot root = InRoot.open(java.nio.file.Path.of(overlay.target()))) {
                for (Attached one : attached) {
                    root.make(one.target(), one.directory());
                    Mounts.attach(one.source(), one.below(), root, one.target(), one.readOnly());
                }
            }
            if (readOnly) {
                Mounts.mount(null, overlay.target(), null, Mounts.MS_REMOUNT | Mounts.MS_BIND | Mounts.MS_RDONLY, null);
            }
            return overlay.target();
        });
        return new ContainerRoot(mounts.root(), mounts, after);
    }

    /** Whether these are the files of a running process, as that sees them. */
    public boolean ofProcess() {
        return mounts == null;
    }

    public InRoot files() {
        return root;
    }

    @Override
    public void close() {
        if (mounts == null) {
            root.close();
        } else {
            mounts.close();
        }
        after.run();
    }
}
