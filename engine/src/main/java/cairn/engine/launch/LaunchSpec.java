package cairn.engine.launch;

import cairn.engine.plan.LogFormat;
import cairn.engine.plan.Step;
import cairn.wire.container.IdRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a new container's launch needs, already decided and checked: the planner only writes it down as steps.
 *
 * @param directory the shim's runtime directory; exists, mode 0700
 * @param rootfs a mount point on the host that becomes the root
 * @param namespaces new ones
 * @param joined those of other processes; the rest is the host's
 * @param user null for the host's
 */
public record LaunchSpec(
        Path directory,
        Path rootfs,
        Stdio stdio,
        @Nullable LogFile log,
        Set<Namespace> namespaces,
        Map<Namespace, Peer> joined,
        Cgroup cgroup,
        Network network,
        @Nullable String hostname,
        @Nullable String domainname,
        Filesystem filesystem,
        Map<String, String> sysctls,
        ProcessSpec process,
        @Nullable UserNamespace user) {

    public LaunchSpec {
        namespaces = Set.copyOf(namespaces);
        joined = Map.copyOf(joined);
        sysctls = Map.copyOf(sysctls);
    }

    /**
     * A user namespace of the container's own, or that of another one whose namespaces it joins.
     *
     * @param peer in which the namespace is already; null for a new one
     * @param root the container's root, which is mounted from mapped directories at {@link LaunchSpec#rootfs}
     */
    public record UserNamespace(IdRange ids, @Nullable Peer peer, Overlay root) {}

    /** An overlay that is still to be mounted. @param base the directory with all that its options name */
    public record Overlay(Path base, String options) {}

    /**
     * @param taps attach connections to wait for before output is read
     * @param rows first terminal size, 0 when unknown
     */
    public record Stdio(boolean terminal, boolean openStdin, boolean stdinOnce, int taps, int rows, int columns) {}

    /**
     * @param maxSize bytes before rotation, 0 for never
     * @param compressed whether somebody compresses what was rotated, and wants to hear of it
     * @param attributes part of each record as they are, such as {@code "attrs":{"a":"b"},}; empty for none
     */
    public record LogFile(
            Path path, LogFormat format, long maxSize, int maxFiles, boolean compressed, String attributes) {}

    /** A running process as the host numbers it. @param startTime field 22 of its stat: a recycled pid must not be joined */
    public record Peer(int pid, long startTime) {}

    /**
     * Where the process is accounted and limited.
     *
     * @param directories one per v1 hierarchy, or the one v2 directory
     * @param writes limits and, with v1, device rules: absolute path of the file, value; in order
     * @param mounts what to mount below /sys/fs/cgroup; empty with v2, where the one tree is mounted
     * @param deviceRules what has to be attached with v2 before the launch; empty for all devices
     */
    public record Cgroup(
            boolean unified,
            List<Path> directories,
            List<Map.Entry<Path, String>> writes,
            List<CgroupMount> mounts,
            List<String> deviceRules) {
        public Cgroup {
            deviceRules = List.copyOf(deviceRules);
            directories = List.copyOf(directories);
            writes = List.copyOf(writes);
            mounts = List.copyOf(mounts);
        }
    }

    /** @param name directory below /sys/fs/cgroup; @param options of the hierarchy, e.g. {@code cpu,cpuacct} */
    public record CgroupMount(String name, String options, List<String> links) {
        public CgroupMount {
            links = List.copyOf(links);
        }
    }

    /**
     * @param connect host-side steps once the child exists, e.g. its veth pair
     * @param inside steps in the new network namespace after that
     */
    public record Network(List<Step> connect, List<Step> inside) {
        public static final Network NONE = new Network(List.of(), List.of());

        public Network {
            connect = List.copyOf(connect);
            inside = List.copyOf(inside);
        }
    }

    /**
     * @param writableSystem whether /sys may be written to, as far as the kernel lets
     * @param writableCgroups the same for /sys/fs/cgroup
     * @param shmBytes size of an own /dev/shm; 0 for none
     * @param mounts in the order in which they are to be attached
     * @param masked paths to hide, empty for a container that may see everything
     * @param hostDevices device nodes beyond the standard ones, or instead of one at the same path
     * @param kernelCore whether the kernel has /proc/kcore, so that /dev/core may point there
     */
    public record Filesystem(
            boolean readOnlyRoot,
            boolean writableSystem,
            boolean writableCgroups,
            long shmBytes,
            List<Mount> mounts,
            List<String> masked,
            List<String> readOnly,
            List<Device> hostDevices,
            boolean kernelCore) {
        public Filesystem {
            mounts = List.copyOf(mounts);
            masked = List.copyOf(masked);
            readOnly = List.copyOf(readOnly);
            hostDevices = List.copyOf(hostDevices);
        }
    }

    /** A mount that was asked for, on top of the standard ones. */
    public sealed interface Mount {
        String target();
    }

    /** One that takes a slot of the plan: its source is opened on the host, and attached inside. */
    public sealed interface Slotted extends Mount {}

    /**
     * @param below a path that is resolved with the source as its root and is mounted instead; empty for the source itself
     * @param file whether the source is something other than a directory; of no matter where there is a path below it
     * @param recursive whether with what is mounted below
     * @param propagation MS_* propagation bits, with MS_REC if they hold for what is mounted below, too
     * @param ids null for those of the container, which are the host's where it has no user namespace of its own
     */
    public record Bind(
            Path source,
            String below,
            String target,
            boolean file,
            Access access,
            boolean recursive,
            long propagation,
            @Nullable IdMapping ids)
            implements Slotted {
        private static final long PRIVATE = 1 << 18;

        /** Something of the engine's own: private, without what is mounted below. */
        public static Bind own(Path source, String target, boolean file, Access access) {
            return new Bind(source, "", target, file, access, false, PRIVATE, null);
        }

        /** The same at the path behind the links on the way to it. */
        public Bind at(String resolved) {
            return new Bind(source, below, resolved, file, access, recursive, propagation, ids);
        }
    }

    /** Who may write to a bind. */
    public enum Access {
        WRITE,
        READ_ONLY,
        /** What is mounted below the source may still be written to. */
        READ_ONLY_ALONE
    }

    /**
     * The files of an image, read-only, mounted for this container alone.
     *
     * @param layers their directories, topmost first
     * @param scratch a directory on the host to mount on for a moment; it is made
     * @param empty another one
     * @param below as for a bind
     */
    public record ImageMount(List<Path> layers, Path scratch, Path empty, String below, String target)
            implements Slotted {
        public ImageMount {
            layers = List.copyOf(layers);
        }
    }

    public record Tmpfs(String target, long attributes, String options) implements Mount {}

    /** @param mode permission and type bits as in stat(2) */
    public record Device(String path, int mode, long major, long minor, long uid, long gid) {}
}
