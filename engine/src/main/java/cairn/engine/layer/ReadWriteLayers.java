package cairn.engine.layer;

import cairn.engine.error.Problem;
import cairn.engine.layer.LayerDatabase.MountRecord;
import cairn.engine.store.DirectorySize;
import cairn.engine.store.Durability;
import cairn.engine.store.Pending;
import cairn.engine.store.StoreFault;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.KernelThread;
import cairn.linux.LinuxException;
import cairn.linux.Mounts;
import cairn.oci.ChainId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The writable layers of containers. Creating one takes no sync and reads nothing from the image's layers but once per
 * image; removing one is a few renames. Safe for several threads, with one caller at a time for one container.
 */
public final class ReadWriteLayers {
    private final Layers layers;
    private final OverlayDirectories overlay;
    private final LayerDatabase database;
    private final Pending pending;
    private final Map<String, ReadWriteLayer> byContainer = new ConcurrentHashMap<>();
    private final Map<ChainId, InitLayer> initLayers = new ConcurrentHashMap<>();
    private final boolean indexOff = Files.exists(Path.of("/sys/module/overlay/parameters/index"));

    ReadWriteLayers(Layers layers, OverlayDirectories overlay, LayerDatabase database, Pending pending)
            throws IOException {
        this.layers = layers;
        this.overlay = overlay;
        this.database = database;
        this.pending = pending;
        for (MountRecord record : database.readMounts()) {
            load(record);
        }
    }

    /** Reads again the records that were left out because something below them was missing. */
    void takeUp() throws IOException {
        for (MountRecord record : database.readMounts()) {
            if (!byContainer.containsKey(record.containerId())) {
                load(record);
            }
        }
    }

    private void load(MountRecord record) {
        String link = overlay.link(record.mountId());
        String initLink = overlay.link(record.mountId() + "-init");
        if (record.parent() != null && layers.find(record.parent()) == null) {
            return;
        }
        byContainer.put(
                record.containerId(), layer(record, link == null ? "" : link, initLink == null ? "" : initLink));
        if (record.parent() != null) {
            layers.retain(record.parent());
        }
    }

    private ReadWriteLayer layer(MountRecord record, String link, String initLink) {
        return new ReadWriteLayer(
                record.containerId(),
                record.mountId(),
                link,
                initLink,
                record.parent(),
                overlay.path(record.mountId()),
                overlay.path(record.mountId() + "-init"));
    }

    // ---- making and removing

    /**
     * Makes the container's two layers on a chain, of which it takes one use. They are marked until {@link #recorded}.
     *
     * @param parent null for an image without layers
     * @param durable whether they have to be there after a power cut, once a record of the container has been synced
     */
    public ReadWriteLayer create(String containerId, @Nullable ChainId parent, boolean durable) {
        List<Layer> chain = parent == null ? List.of() : layers.chain(parent);
        // One more for the init layer.
        if (chain.size() + 1 > Overlay.MAX_LOWERS) {
            throw new Problem.TooManyLayers(Overlay.MAX_LOWERS).exception();
        }
        if (parent != null) {
            layers.retain(parent);
        }
        MountRecord record = new MountRecord(containerId, overlay.newId(), parent);
        ReadWriteLayer layer = layer(record, overlay.newLink(), overlay.newLink());
        try {
            // Before all else: after a power cut the file that names the layer may be empty, and its directories be
            // there.
            pending.begin(layer.mountId());
            // On the disk before the container's record is: that is synced, and names them.
            create(record, layer, chain, durable ? Durability.ORDERED : Durability.PROCESS);
        } catch (LinuxException e) {
            discard(layer);
            throw StoreFault.of("create layer of container " + containerId, e);
        }
        byContainer.put(containerId, layer);
        return layer;
    }

    /** The container has its own record now: that names its layers. */
    public void recorded(String containerId) {
        pending.end(require(containerId).mountId());
    }

    /** Whether the directory is some container's writable layer. */
    boolean has(String mountId) {
        return byContainer.values().stream().anyMatch(layer -> layer.mountId().equals(mountId));
    }

    private void create(MountRecord record, ReadWriteLayer layer, List<Layer> chain, Durability durability) {
        database.createMount(record, durability);
        String lower = chain.isEmpty() ? null : Layers.lower(chain);
        if (record.parent() != null) {
            layers.markCommitted(record.parent());
        }
        try (DirectoryHandle init = overlay.create(layer.initId(), layer.initLink(), lower, durability)) {
            try (DirectoryHandle diff = init.openIn("diff")) {
                initLayer(record.parent(), chain).create(diff);
            }
            OverlayDirectories.writeFile(init, "committed", "", 0600, durability);
        }
        String below = "l/" + layer.initLink() + (lower == null ? "" : ":" + lower);
        try (DirectoryHandle writable = overlay.create(layer.mountId(), layer.link(), below, durability)) {
            writable.mkdir("merged", 0700);
            // Otherwise kernels since 6.7 do it at the first mount, and only then show a "uuid=on" that dockerd's
            // mounts do not have.
            writable.setxattr("diff", Overlay.UUID, overlay.newUuid());
        }
    }

    private InitLayer initLayer(@Nullable ChainId parent, List<Layer> chain) {
        if (parent == null) {
            return InitLayer.over(List.of());
        }
        InitLayer made = initLayers.get(parent);
        if (made == null) {
            List<DirectoryHandle> diffs = new ArrayList<>();
            try {
                chain.forEach(layer -> diffs.add(overlay.openDiff(layer.cacheId())));
                made = InitLayer.over(diffs);
            } finally {
                diffs.forEach(DirectoryHandle::close);
            }
            initLayers.put(parent, made);
        }
        return made;
    }

    void forget(ChainId chain) {
        initLayers.remove(chain);
    }

    /** Unmounts the container's root if it is mounted here, and removes its layers; missing is fine. */
    public void remove(String containerId) {
        ReadWriteLayer layer = byContainer.get(containerId);
        if (layer == null) {
            return;
        }
        try {
            unmount(containerId);
            discard(layer);
        } catch (LinuxException e) {
            throw StoreFault.of("remove layer of container " + containerId, e);
        }
        byContainer.remove(containerId);
    }

    /** The record last: until it is gone, a start after a kill finds what is left. */
    private void discard(ReadWriteLayer layer) {
        overlay.discard(layer.mountId(), layer.link());
        overlay.discard(layer.initId(), layer.initLink());
        database.discardMount(layer.containerId());
        pending.end(layer.mountId());
        if (layer.parent() != null) {
            layers.release(layer.parent());
        }
    }

    /**
     * Removes layers of containers that do not exist, left by a kill between their making and the container's own record.
     *
     * @param containers ids of all containers that exist. Records under other names than container ids are dockerd's builder's
     */
    public void sweep(Set<String> containers) {
        for (String id : List.copyOf(byContainer.keySet())) {
            if (LayerDatabase.isHex64(id) && !containers.contains(id)) {
                remove(id);
            } else {
                recorded(id);
            }
        }
        try {
            for (String id : database.emptyMounts()) {
                if (LayerDatabase.isHex64(id) && !containers.contains(id)) {
                    database.discardMount(id);
                }
            }
        } catch (IOException e) {
            throw new Problem.StoreDamaged("layerdb/mounts", String.valueOf(e.getMessage())).exception(e);
        }
    }

    // ---- reading

    /** Null if the container has none. */
    public @Nullable ReadWriteLayer find(String containerId) {
        return byContainer.get(containerId);
    }

    /** The topmost image layers of all containers, once for each container. */
    public List<ChainId> parents() {
        List<ChainId> parents = new ArrayList<>();
        for (ReadWriteLayer layer : byContainer.values()) {
            if (layer.parent() != null) {
                parents.add(layer.parent());
            }
        }
        return parents;
    }

    private ReadWriteLayer require(String containerId) {
        ReadWriteLayer layer = byContainer.get(containerId);
        if (layer == null) {
            throw new Problem.StoreDamaged("layerdb/mounts/" + containerId, "the container has no layer").exception();
        }
        return layer;
    }

    /** The directories that inspect of a container shows. */
    public GraphDriverData graphDriver(String containerId) {
        ReadWriteLayer layer = require(containerId);
        String below = layer.parent() == null
                ? ""
                : layers.chain(layer.parent()).stream()
                        .map(one -> ":" + one.diff())
                        .collect(Collectors.joining());
        return new GraphDriverData(
                layer.initDirectory().resolve("diff") + below,
                layer.merged().toString(),
                layer.upper().toString(),
                layer.work().toString());
    }

    /** Bytes of what the container has written, counted as {@link Layer#size} is; zero once it is gone. */
    public long size(String containerId) {
        ReadWriteLayer layer = byContainer.get(containerId);
        if (layer == null) {
            return 0;
        }
        return KernelThread.call("cairn-size-" + layer.link(), () -> {
            try (DirectoryHandle diff = overlay.openDiff(layer.mountId())) {
                return DirectorySize.of(diff);
            } catch (LinuxException e) {
                if (e.errno() == Errno.ENOENT) {
                    return 0L;
                }
                throw StoreFault.of("count files of container " + containerId, e);
            }
        });
    }

    /** The container's files, to be read. */
    public ContainerTree tree(String containerId) {
        ReadWriteLayer layer = require(containerId);
        List<Path> directories = new ArrayList<>();
        directories.add(layer.upper());
        directories.add(layer.initDirectory().resolve("diff"));
        if (layer.parent() != null) {
            layers.chain(layer.parent()).forEach(one -> directories.add(one.diff()));
        }
        return new ContainerTree(containerId, directories);
    }

    // ---- mounting

    /**
     * The mount of the container's root. Asking for it makes the layers ready for it: an upper layer that was once mounted volatile is freed
     * of the kernel's mark, which refuses a second mount.
     *
     * @param volatileUpper for containers that do not outlive their process
     */
    public OverlayMount overlayMount(String containerId, boolean volatileUpper) {
        ReadWriteLayer layer = require(containerId);
        clearVolatile(layer);
        List<String> lowers = new ArrayList<>();
        lowers.add("l/" + layer.initLink());
        if (layer.parent() != null) {
            layers.chain(layer.parent()).forEach(one -> lowers.add("l/" + one.link()));
        }
        return new OverlayMount(
                overlay.path(),
                lowers,
                layer.mountId() + "/diff",
                layer.mountId() + "/work",
                layer.merged().toString(),
                indexOff,
                volatileUpper);
    }

    /**
     * The files of a container that does not run, with its mounts, to be read: whatever the view has to make for its mounts is gone with it.
     * It may be started meanwhile.
     */
    public ContainerRoot view(String containerId, List<ContainerRoot.Attached> attached) {
        ReadWriteLayer layer = require(containerId);
        OverlayMount own = overlayMount(containerId, true);
        List<String> lowers = new ArrayList<>();
        lowers.add(own.upper());
        lowers.addAll(own.lowers());
        if (lowers.size() > Overlay.MAX_LOWERS) {
            throw new Problem.TooManyLayers(Overlay.MAX_LOWERS).exception();
        }
        OverlayMount overlay = new OverlayMount(
                own.base(), lowers, own.work() + "/upper", own.work() + "/work", own.target(), indexOff, true);
        return mounted(layer, overlay, layer.work().toString(), attached, false);
    }

    /**
     * The same to be written. It must not be started meanwhile.
     *
     * @param readOnly whether its own files must stay as they are, unlike those in its mounts
     */
    public ContainerRoot writableView(String containerId, List<ContainerRoot.Attached> attached, boolean readOnly) {
        ReadWriteLayer layer = require(containerId);
        // Volatile: else its end waits until all of the file system is on the disk.
        return mounted(layer, overlayMount(containerId, true), null, attached, readOnly);
    }

    private static ContainerRoot mounted(
            ReadWriteLayer layer,
            OverlayMount overlay,
            @Nullable String scratch,
            List<ContainerRoot.Attached> attached,
            boolean readOnly) {
        try {
            makeMerged(layer);
            // The mark would keep dockerd from mounting it.
            Runnable after = scratch == null ? () -> clearVolatile(layer) : () -> {};
            return ContainerRoot.mount(overlay, scratch, attached, readOnly, after);
        } catch (LinuxException e) {
            throw StoreFault.of("mount root of container " + layer.containerId(), e);
        }
    }

    /** {@code work/work/incompat/volatile}: see "Volatile mount" in the kernel's overlayfs.rst. */
    private static void clearVolatile(ReadWriteLayer layer) {
        try (DirectoryHandle work = DirectoryHandle.open(layer.work())) {
            FileStatus inner = work.stat("work");
            if (inner == null || !inner.isDirectory()) {
                return;
            }
            try (DirectoryHandle directory = work.openIn("work")) {
                directory.deleteTree("incompat");
            }
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw StoreFault.of("prepare layer of container " + layer.containerId(), e);
            }
        }
    }

    /**
     * The root of a container that is about to start.
     *
     * @param volatileUpper as for {@link #overlayMount}
     * @param mapped whether its child is to mount it, from directories with mapped ids; else it is mounted now
     */
    public Rootfs rootfs(String containerId, boolean volatileUpper, boolean mapped) {
        if (!mapped) {
            Path mounted = mount(containerId, volatileUpper);
            return new Rootfs(mounted, null, () -> InRoot.open(mounted));
        }
        ReadWriteLayer layer = require(containerId);
        try {
            makeMerged(layer);
            unmount(containerId); // A kill may have left it.
            OverlayMount overlay = fitting(containerId, overlayMount(containerId, volatileUpper));
            return new Rootfs(layer.merged(), overlay, () -> look(layer, overlay));
        } catch (LinuxException e) {
            throw StoreFault.of("mount root of container " + containerId, e);
        }
    }

    private static OverlayMount fitting(String containerId, OverlayMount mount) {
        if (!mount.fitsAbsolute()) {
            throw new Problem.NotSupported("mount root of container " + containerId + ": too many layers for one page")
                    .exception();
        }
        return mount;
    }

    /** The files as the mount will show them, but for their ids; it is out of sight at once, and gone when the result is closed. */
    private static InRoot look(ReadWriteLayer layer, OverlayMount overlay) {
        List<String> lowers = new ArrayList<>();
        lowers.add("l/" + layer.link());
        lowers.addAll(overlay.lowers());
        String data = OverlayMount.lowerData(overlay.base() + "/", lowers);
        try {
            Mounts.mount("overlay", overlay.target(), "overlay", Mounts.MS_RDONLY, data);
            try {
                return InRoot.open(layer.merged());
            } finally {
                Mounts.unmount(overlay.target(), Mounts.MNT_DETACH | Mounts.UMOUNT_NOFOLLOW);
            }
        } catch (LinuxException e) {
            throw StoreFault.of("look into root of container " + layer.containerId(), e);
        }
    }

    /** Mounts the container's root in this process's mount namespace, for cp and the like; the mounted directory. Mounted already is fine. */
    public Path mount(String containerId, boolean volatileUpper) {
        ReadWriteLayer layer = require(containerId);
        try {
            makeMerged(layer);
            if (isMounted(layer)) {
                return layer.merged();
            }
            OverlayMount mount = fitting(containerId, overlayMount(containerId, volatileUpper));
            Mounts.mount("overlay", mount.target(), "overlay", 0, mount.data());
            return layer.merged();
        } catch (LinuxException e) {
            throw StoreFault.of("mount root of container " + containerId, e);
        }
    }

    /** dockerd takes the directory away whenever it unmounts. */
    private static void makeMerged(ReadWriteLayer layer) {
        try (DirectoryHandle directory = DirectoryHandle.open(layer.directory())) {
            directory.mkdir("merged", 0700);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    /** Undoes {@link #mount}; not mounted is fine. */
    public void unmount(String containerId) {
        ReadWriteLayer layer = byContainer.get(containerId);
        if (layer == null) {
            return;
        }
        try {
            Mounts.unmount(layer.merged().toString(), Mounts.UMOUNT_NOFOLLOW);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EINVAL && e.errno() != Errno.ENOENT) {
                throw StoreFault.of("unmount root of container " + containerId, e);
            }
        }
    }

    /** The mount's own root has another mount ID than the directory that it covers. */
    private static boolean isMounted(ReadWriteLayer layer) {
        try (DirectoryHandle directory = DirectoryHandle.open(layer.directory());
                DirectoryHandle merged = DirectoryHandle.open(layer.merged())) {
            return directory.stat().mountId() != merged.stat().mountId();
        }
    }
}
