package cairn.engine.explain;

import cairn.engine.container.Container;
import cairn.engine.container.LifeState;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.linux.MountEntry;
import cairn.linux.MountTable;
import cairn.wire.container.IdRange;
import cairn.wire.container.MountPoint;
import cairn.wire.explain.MountExplanation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is mounted inside a container, and why. */
final class MountFacts {
    private static final Map<String, String> STANDARD = Map.of(
            "/", "the root: all layers together, seen through overlayfs",
            "/proc", "procfs: shows the processes of the container's own pid namespace",
            "/dev", "a tmpfs for device nodes, with only the harmless ones in it",
            "/dev/pts", "terminals of the container's own",
            "/dev/shm", "POSIX shared memory, a tmpfs of limited size",
            "/dev/mqueue", "POSIX message queues of its ipc namespace",
            "/dev/console", "the container's terminal",
            "/sys", "sysfs: devices, and the interfaces of its network namespace",
            "/sys/fs/cgroup", "its cgroups");

    private static final Map<String, String> ETC = Map.of(
            "/etc/hosts", "the container's hosts file, written at each start",
            "/etc/hostname", "the container's host name",
            "/etc/resolv.conf", "the container's name servers, taken from the host");

    private final Container container;
    private final List<MountEntry> host;

    /** @param host the host's own mount table */
    MountFacts(Container container, List<MountEntry> host) {
        this.container = container;
        this.host = host;
    }

    List<MountExplanation> explain(List<MountEntry> mounts) {
        List<MountExplanation> found = new ArrayList<>();
        for (MountEntry mount : mounts) {
            found.add(explain(mount));
        }
        return found;
    }

    MountExplanation explain(MountEntry mount) {
        return new MountExplanation(
                mount.mountPoint(),
                mount.type(),
                mount.source(),
                mount.root(),
                mount.options(),
                hostPath(mount),
                purpose(mount));
    }

    /** The same file system at the same place, as far as the host's own mounts show that; else empty. */
    String hostPath(MountEntry mount) {
        String found = "";
        int best = -1;
        for (MountEntry candidate : host) {
            String root = candidate.root().equals("/") ? "" : candidate.root();
            boolean shows = candidate.deviceNumber().equals(mount.deviceNumber())
                    && (mount.root() + "/").startsWith(root + "/");
            if (shows && root.length() > best) {
                best = root.length();
                found = join(candidate.mountPoint(), mount.root().substring(root.length()));
            }
        }
        return found;
    }

    private static String join(String directory, String rest) {
        String path = (directory.equals("/") ? "" : directory) + (rest.equals("/") ? "" : rest);
        return path.isEmpty() ? "/" : path;
    }

    /** The path of something on a mount, below that mount's root. */
    static String inside(MountEntry mount, String path) {
        String rest = path.substring(
                mount.mountPoint().equals("/") ? 0 : mount.mountPoint().length());
        return rest.isEmpty() ? "/" : rest;
    }

    String purpose(MountEntry mount) {
        String at = mount.mountPoint();
        for (MountPoint asked : container.mounts()) {
            if (asked.destination().equals(at)) {
                return "asked for: " + container.origin(asked) + idmap(asked) + (asked.writable() ? "" : ", read-only");
            }
        }
        if (asksForTmpfs(at)) {
            return "asked for: an empty file system in memory";
        }
        if (ETC.containsKey(at)) {
            return ETC.getOrDefault(at, "");
        }
        return standard(mount, at);
    }

    /** Whose the source is on the host, and whose it is to the container, which is what the kernel made of it. */
    private String idmap(MountPoint asked) {
        if (!container.idmapped(asked)) {
            return "";
        }
        try (InRoot host = InRoot.open(Path.of("/"))) {
            return ", idmapped: " + owner(host.status(asked.source()), null) + " is " + inside(asked) + " inside";
        }
    }

    private String inside(MountPoint asked) {
        if (container.state() instanceof LifeState.Running running) {
            try (InRoot root = InRoot.ofProcess(running.pid())) {
                return owner(root.status(asked.destination()), container.ids());
            } catch (LinuxException e) {
                return "nobody"; // It has ended meanwhile.
            }
        }
        return "nobody";
    }

    private static String owner(@Nullable FileStatus status, @Nullable IdRange ids) {
        if (status == null) {
            return "nobody";
        }
        long uid = Integer.toUnsignedLong(status.uid());
        long gid = Integer.toUnsignedLong(status.gid());
        return ids == null ? uid + ":" + gid : ids.inside(uid) + ":" + ids.inside(gid);
    }

    private boolean asksForTmpfs(String at) {
        Map<String, String> tmpfs = container.hostConfig().tmpfs();
        List<cairn.wire.container.Mount> mounts = container.hostConfig().mounts();
        return (tmpfs != null && tmpfs.containsKey(at))
                || (mounts != null
                        && mounts.stream()
                                .anyMatch(one -> one.type().equals("tmpfs")
                                        && one.target().equals(at)));
    }

    private static String standard(MountEntry mount, String at) {
        String usual = STANDARD.get(at);
        if (usual != null) {
            return usual;
        }
        boolean system = at.startsWith("/proc/") || at.startsWith("/sys/");
        if (at.startsWith("/sys/fs/cgroup/")) {
            return "its cgroup in the hierarchy " + at.substring("/sys/fs/cgroup/".length());
        }
        if (system && mount.type().equals(at.startsWith("/proc/") ? "proc" : "sysfs")) {
            return "made read-only, for it is the whole machine's";
        }
        if (system) {
            return mount.type().equals("tmpfs")
                    ? "hidden: an empty directory lies over it"
                    : "hidden: the null device lies over it";
        }
        return mount.root().equals("/") ? "a " + mount.type() : "a bind mount";
    }

    /** This process's mounts, which are the host's. */
    static List<MountEntry> ofHost() {
        return MountTable.read();
    }
}
