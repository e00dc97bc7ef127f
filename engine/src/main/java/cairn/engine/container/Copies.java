package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.launch.ProcessSpec;
import cairn.engine.layer.ContainerRoot;
import cairn.engine.layer.FileTree;
import cairn.engine.layer.ReadWriteLayers;
import cairn.engine.layer.TreeUnpacker;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.KernelThread;
import cairn.linux.LinuxException;
import cairn.wire.container.IdRange;
import cairn.wire.container.MountPoint;
import cairn.wire.container.PathStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Files in and out of containers in any state, as archives: {@code docker cp}. Paths mean what they mean to the container's processes,
 * mounts included, and are resolved in its root and nowhere else (CVE-2018-15664).
 */
public final class Copies {
    private final Containers containers;
    private final ReadWriteLayers layers;
    private final ContainerVolumes volumes;
    private final ContainerEvents events;

    Copies(Containers containers, ReadWriteLayers layers, ContainerVolumes volumes, ContainerEvents events) {
        this.containers = containers;
        this.layers = layers;
        this.volumes = volumes;
        this.events = events;
    }

    /** Where an archive goes. */
    public interface Receiver {
        /** Called once, when it is known that there will be one. */
        OutputStream begin(PathStat stat) throws IOException;
    }

    /** @throws cairn.engine.error.EngineException NoSuchContainer, NoSuchPath */
    public PathStat stat(String ref, String path) {
        Live live = containers.find(ref);
        return KernelThread.call(name(live), () -> {
            try (ContainerRoot root = open(live)) {
                PathInContainer wanted = PathInContainer.parse(path);
                return stat(root.files(), wanted, status(root.files(), wanted));
            } catch (LinuxException e) {
                throw fault(ref, path, e);
            }
        });
    }

    /** Sends what is at the path, a link itself or a directory with all in it. @throws IOException from the receiver */
    public void send(String ref, String path, Receiver receiver) throws IOException {
        Live live = containers.find(ref);
        KernelThread.transfer(name(live), () -> {
            try (ContainerRoot root = open(live)) {
                PathInContainer wanted = PathInContainer.parse(path);
                FileStatus status = status(root.files(), wanted);
                PathStat stat = stat(root.files(), wanted, status);
                if (status.isDirectory()) {
                    sendDirectory(root.files(), wanted, ids(live, root), receiver, stat);
                } else {
                    sendFile(root.files(), wanted, status, ids(live, root), receiver, stat);
                }
                events.tell(live, "archive-path");
            } catch (LinuxException e) {
                throw fault(ref, path, e);
            }
        });
    }

    private static void sendDirectory(
            InRoot root, PathInContainer wanted, @Nullable IdRange ids, Receiver receiver, PathStat stat)
            throws IOException {
        String rename = wanted.base().equals("/") ? "" : wanted.base();
        try (DirectoryHandle directory = root.openDirectory(wanted.clean());
                OutputStream out = receiver.begin(stat)) {
            FileTree.writeDirectory(directory, root.resolve(wanted.clean()), rename, ids, out);
        }
    }

    private static void sendFile(
            InRoot root,
            PathInContainer wanted,
            FileStatus status,
            @Nullable IdRange ids,
            Receiver receiver,
            PathStat stat)
            throws IOException {
        try (DirectoryHandle parent = root.openDirectory(wanted.parent());
                OutputStream out = receiver.begin(stat)) {
            FileTree.writeName(parent, wanted.base(), status, wanted.base(), ids, out);
        }
    }

    /**
     * Unpacks an archive, plain or compressed, into a directory.
     *
     * @param keepKinds see {@link TreeUnpacker.Options}
     * @param asUser whether all that is made belongs to the user whom the container runs as
     * @throws cairn.engine.error.EngineException NoSuchContainer, NoSuchPath; InvalidParameter where nothing can be written; BadArchive, DiskFull
     * @throws IOException from the stream
     */
    public void receive(String ref, String path, boolean keepKinds, boolean asUser, InputStream archive)
            throws IOException {
        Live live = containers.find(ref);
        KernelThread.transfer(name(live), () -> {
            boolean stopped = holdOff(live);
            try (ContainerRoot root = stopped
                    ? mounted(live, () -> layers.writableView(live.container.id(), attached(live), readOnly(live)))
                    : open(live)) {
                receive(live, root, PathInContainer.parse(path), keepKinds, asUser, archive);
            } catch (LinuxException e) {
                throw fault(ref, path, e);
            } finally {
                if (stopped) {
                    letGo(live);
                }
            }
            events.tell(live, "extract-to-dir");
        });
    }

    private static void receive(
            Live live,
            ContainerRoot open,
            PathInContainer wanted,
            boolean keepKinds,
            boolean asUser,
            InputStream archive)
            throws IOException {
        InRoot root = open.files();
        FileStatus status = root.status(wanted.clean());
        if (status != null && !status.isDirectory()) {
            throw new Problem.InvalidParameter("extraction point is not a directory").exception();
        }
        try (DirectoryHandle directory = root.openDirectory(wanted.clean())) {
            String place = root.resolve(wanted.clean());
            if (directory.isReadOnly()) {
                throw new Problem.InvalidParameter(whyReadOnly(live.container, mountOf(live.container, place)))
                        .exception();
            }
            TreeUnpacker.unpack(
                    archive,
                    directory,
                    root,
                    place,
                    new TreeUnpacker.Options(
                            keepKinds, asUser ? owner(live.container, root) : null, false, ids(live, open)));
        }
    }

    private static String whyReadOnly(Container container, @Nullable MountPoint mount) {
        if (mount == null) {
            return "container rootfs is marked read-only";
        }
        return mount.writable() && container.idmapped(mount)
                ? "idmapped bind " + mount.destination() + " can be written to only while the container runs"
                : "mounted volume is marked read-only";
    }

    private static TreeUnpacker.@Nullable Owner owner(Container container, InRoot root) {
        String user = container.config().user();
        if (user.isEmpty()) {
            return null;
        }
        ProcessSpec.User resolved = Users.resolve(root, user, List.of()).user();
        return new TreeUnpacker.Owner(resolved.uid(), resolved.gid());
    }

    private static @Nullable MountPoint mountOf(Container container, String path) {
        MountPoint found = null;
        for (MountPoint mount : container.mounts()) {
            if ((path + "/").startsWith(mount.destination() + "/")) {
                found = mount;
            }
        }
        return found;
    }

    // ---- the root

    /** In its own mounts all files are seen with the ids of its user namespace; what is mounted for a look has none. */
    private static @Nullable IdRange ids(Live live, ContainerRoot root) {
        return root.ofProcess() ? live.container.ids() : null;
    }

    private ContainerRoot open(Live live) {
        ContainerRoot running = ofProcess(live);
        return running != null ? running : mounted(live, () -> layers.view(live.container.id(), attached(live)));
    }

    /** The view's own mounts keep what the volumes' are of, so that these are needed only while it is made. */
    private ContainerRoot mounted(Live live, Supplier<ContainerRoot> view) {
        String user = "cp-" + live.container.id();
        volumes.mountFor(live.container, user);
        try {
            return view.get();
        } finally {
            volumes.unmountFor(live.container, user);
        }
    }

    /** Null if it does not run. */
    private static @Nullable ContainerRoot ofProcess(Live live) {
        live.lock.lock();
        try {
            return live.container.state() instanceof LifeState.Running running
                    ? ContainerRoot.ofProcess(running.pid(), running.startTime())
                    : null;
        } finally {
            live.lock.unlock();
        }
    }

    /** Whether it does not run; then it is not started either until {@link #letGo}. */
    private static boolean holdOff(Live live) {
        live.lock.lock();
        try {
            while (live.tearingDown || live.writers > 0) {
                live.changed.await();
            }
            if (live.removing || live.removed) {
                throw new Problem.NoSuchContainer(live.container.id()).exception();
            }
            if (live.container.running()) {
                return false;
            }
            live.writers++;
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem.Internal("interrupted while files were copied").exception(e);
        } finally {
            live.lock.unlock();
        }
    }

    private static void letGo(Live live) {
        live.lock.lock();
        try {
            live.writers--;
            live.changed.signalAll();
        } finally {
            live.lock.unlock();
        }
    }

    private static boolean readOnly(Live live) {
        return live.container.hostConfig().readonlyRootfs();
    }

    /** What a start would mount into it, but for what the kernel makes up. Sources that are missing have nothing to show. */
    private static List<ContainerRoot.Attached> attached(Live live) {
        List<ContainerRoot.Attached> attached = new ArrayList<>();
        if (live.container.startedBefore()) {
            own(attached, live.files.resolvConf(), "/etc/resolv.conf");
            own(attached, live.files.hostname(), "/etc/hostname");
            own(attached, live.files.hosts(), "/etc/hosts");
        }
        for (MountPoint mount : live.container.mounts()) {
            Path source = Path.of(mount.source());
            String below = live.container.asked(mount).subpath();
            if (!mount.source().isEmpty() && !ImageMounts.isImage(mount) && isThere(source, below)) {
                // Its ids are mapped only in the mounts of a process: what came here would be somebody else's.
                boolean readOnly = !mount.writable() || live.container.idmapped(mount);
                attached.add(new ContainerRoot.Attached(
                        mount.source(), below, mount.destination(), isDirectory(source, below), readOnly));
            }
        }
        return attached;
    }

    private static boolean isThere(Path source, String below) {
        return Files.exists(source) && (below.isEmpty() || statusBelow(source, below) != null);
    }

    private static boolean isDirectory(Path source, String below) {
        FileStatus status = below.isEmpty() ? null : statusBelow(source, below);
        return below.isEmpty() ? Files.isDirectory(source) : status != null && status.isDirectory();
    }

    private static @Nullable FileStatus statusBelow(Path source, String below) {
        try (InRoot root = InRoot.open(source)) {
            return root.status(below);
        } catch (LinuxException e) {
            return null;
        }
    }

    private static void own(List<ContainerRoot.Attached> attached, Path source, String target) {
        if (Files.exists(source)) {
            attached.add(new ContainerRoot.Attached(source.toString(), "", target, false, false));
        }
    }

    // ---- a path

    private static FileStatus status(InRoot root, PathInContainer path) {
        FileStatus status = path.wantsDirectory() ? root.status(path.text()) : root.statusNoFollow(path.clean());
        if (status == null) {
            throw new LinuxException("lstat", path.text(), Errno.ENOENT);
        }
        return status;
    }

    private static PathStat stat(InRoot root, PathInContainer path, FileStatus status) {
        return new PathStat(
                path.base(),
                status.size(),
                GoFileMode.of(status),
                Instant.ofEpochSecond(status.modifiedSeconds(), status.modifiedNanos())
                        .toString(),
                status.isLink() ? root.resolve(path.clean()) : "");
    }

    private static EngineException fault(String ref, String path, LinuxException e) {
        return switch (e.errno()) {
            case Errno.ENOENT -> new Problem.NoSuchPath(ref, path).exception(e);
            case Errno.ENOSPC, Errno.EDQUOT -> new Problem.DiskFull("copy " + path).exception(e);
            default -> new Problem.InvalidParameter(e.call() + " " + path + ": " + Errno.text(e.errno())).exception(e);
        };
    }

    // ---- threads

    private static String name(Live live) {
        return "cairn-cp-" + live.container.shortId();
    }
}
