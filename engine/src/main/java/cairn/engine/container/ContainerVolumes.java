package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.layer.ContainerRoot;
import cairn.engine.layer.ReadWriteLayers;
import cairn.engine.volume.TreeCopy;
import cairn.engine.volume.Volume;
import cairn.engine.volume.Volumes;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.KernelThread;
import cairn.linux.LinuxException;
import cairn.wire.container.MountPoint;
import cairn.wire.container.MountPointBuilder;
import cairn.wire.container.VolumeDriver;
import cairn.wire.container.VolumeOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What containers have of volumes, from their making to their removal. */
final class ContainerVolumes {
    private static final System.Logger LOG = System.getLogger(ContainerVolumes.class.getName());

    private final Volumes volumes;
    private final ReadWriteLayers layers;

    ContainerVolumes(Volumes volumes, ReadWriteLayers layers) {
        this.volumes = volumes;
        this.layers = layers;
    }

    private static boolean isVolume(MountPoint mount) {
        return mount.type().equals("volume") && !mount.name().isEmpty();
    }

    /** Each volume once, however often it is mounted. */
    private static List<String> names(Container container) {
        return container.mounts().stream()
                .filter(ContainerVolumes::isVolume)
                .map(MountPoint::name)
                .distinct()
                .toList();
    }

    // ---- making

    /** The container with its volumes, which are made where there are none; they are in use by it from now on. */
    Container obtain(Container container) {
        List<MountPoint> mounts = new ArrayList<>();
        try {
            for (MountPoint mount : container.mounts()) {
                mounts.add(mount.type().equals("volume") ? obtain(container, mount) : mount);
            }
        } catch (RuntimeException e) {
            undo(container.withMounts(mounts));
            throw e;
        }
        return container.withMounts(mounts);
    }

    private MountPoint obtain(Container container, MountPoint mount) {
        AskedMount asked = container.asked(mount);
        VolumeOptions options = asked.spec().volumeOptions();
        VolumeDriver driver = options == null ? null : options.driverConfig();
        Volume volume = volumes.use(
                new Volumes.Request(
                        mount.name(),
                        mount.driver(),
                        driver == null ? null : driver.options(),
                        options == null ? null : options.labels()),
                container.id());
        return MountPointBuilder.builder(mount)
                .name(volume.name())
                .source(volume.data().toString())
                .driver(Volume.DRIVER)
                .build();
    }

    /** What a create that failed had taken; volumes with a name stay. */
    void undo(Container container) {
        dropped(container, true);
    }

    /**
     * Copies what the image has at the volumes' places into those that are empty. Paths are resolved in the container's root and nowhere else
     * (CVE-2022-23648), in a view of it that nobody else is in.
     */
    void populate(Container container) {
        List<MountPoint> wanted = new ArrayList<>();
        for (MountPoint mount : container.mounts()) {
            if (isVolume(mount)) {
                wanted.add(mount);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        boolean _ = KernelThread.call("cairn-volume-fill", () -> {
            try (ContainerRoot root = layers.view(container.id(), List.of())) {
                for (MountPoint mount : wanted) {
                    populate(container, mount, root.files());
                }
            }
            return true;
        });
    }

    private void populate(Container container, MountPoint mount, InRoot root) {
        AskedMount asked = container.asked(mount);
        FileStatus there;
        try {
            there = root.status(mount.destination());
        } catch (LinuxException e) {
            there = null; // A file on the way, or links in a circle: the start will tell.
        }
        if (there != null && !there.isDirectory() && asked.equals(AskedMount.NOTHING)) {
            Path merged = Path.of(layers.graphDriver(container.id()).mergedDir());
            throw new Problem.Internal("cannot mount volume over existing file, file exists " + merged
                            + root.resolve(mount.destination()))
                    .exception();
        }
        if (there == null || !there.isDirectory() || !asked.copies()) {
            return;
        }
        String user = "fill-" + container.id();
        Path data = volumes.mount(mount.name(), user);
        try (DirectoryHandle from = root.openDirectory(mount.destination())) {
            volumes.fill(mount.name(), data, to -> TreeCopy.copy(from, to));
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOSPC || e.errno() == Errno.EDQUOT) {
                throw new Problem.DiskFull("copy files of the image into volume " + mount.name()).exception(e);
            }
            throw new Problem.Internal("copy files of the image into volume " + mount.name() + ": " + e.getMessage())
                    .exception(e);
        } finally {
            volumes.unmount(mount.name(), user);
        }
    }

    // ---- a run

    /** A container that was there before this daemon. */
    void note(Container container) {
        names(container).forEach(name -> volumes.note(name, container.id()));
    }

    /** A container that has been running since before this daemon. */
    void resume(Container container) {
        names(container).forEach(name -> volumes.resume(name, container.id()));
    }

    /** Makes the volumes ready for a run; what is mounted stays until {@link #unmount}, also if this fails. */
    void mount(Container container) {
        names(container).forEach(name -> {
            Path _ = volumes.mount(name, container.id());
        });
        for (MountPoint mount : container.mounts()) {
            if (isVolume(mount)) {
                Map<String, String> attributes = new LinkedHashMap<>();
                attributes.put("container", container.id());
                attributes.put("destination", mount.destination());
                attributes.put("propagation", mount.propagation());
                attributes.put("read/write", Boolean.toString(mount.writable()));
                volumes.tell(mount.name(), "mount", attributes);
            }
        }
    }

    /** For somebody who wants to see what a run would; the same for {@link #unmountFor}. */
    void mountFor(Container container, String user) {
        names(container).forEach(name -> {
            Path _ = volumes.mount(name, user);
        });
    }

    void unmountFor(Container container, String user) {
        names(container).forEach(name -> volumes.unmount(name, user));
    }

    /** After a run, or the try of one; more often is fine. @param told whether there was a run */
    void unmount(Container container, boolean told) {
        for (String name : names(container)) {
            try {
                volumes.unmount(name, container.id());
                if (told) {
                    volumes.tell(name, "unmount", Map.of("container", container.id()));
                    volumes.used(name);
                }
            } catch (EngineException e) {
                LOG.log(System.Logger.Level.WARNING, "volume {0} stays mounted: {1}", name, e.problem());
            }
        }
    }

    // ---- removal

    /** Before the container's record goes: volumes that are to outlive it do not count as its own any more. */
    void keep(Container container) {
        names(container).forEach(volumes::keep);
    }

    /** The container is gone. @param withVolumes whether those without a name that nobody else uses go, too */
    void dropped(Container container, boolean withVolumes) {
        for (MountPoint mount : container.mounts()) {
            if (isVolume(mount)) {
                volumes.release(mount.name(), container.id());
            }
        }
        if (!withVolumes) {
            return;
        }
        for (MountPoint mount : container.mounts()) {
            if (isVolume(mount) && container.asked(mount).isAnonymousVolume()) {
                try {
                    volumes.remove(mount.name(), true);
                } catch (EngineException e) {
                    if (!(e.problem() instanceof Problem.VolumeInUse)) {
                        LOG.log(System.Logger.Level.WARNING, "volume {0} stays: {1}", mount.name(), e.problem());
                    }
                }
            }
        }
    }
}
