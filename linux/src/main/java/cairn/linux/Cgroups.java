package cairn.linux;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cgroup hierarchies of this machine (cgroups(7)).
 *
 * @param unified whether v2 is to be used: it is mounted with controllers, and no v1 hierarchy has any
 * @param v1 the v1 hierarchies, in the order of the mount table; each once
 * @param v2 mount point of the v2 hierarchy, also where it has no controllers
 * @param v2OwnPath this process's cgroup in the v2 hierarchy, such as {@code /user.slice}
 */
@SuppressWarnings("DoNotCallSuggester")
public record Cgroups(
        boolean unified, List<Hierarchy> v1, @Nullable Path v2, @Nullable String v2OwnPath) {
    public Cgroups {
        v1 = List.copyOf(v1);
    }

    /**
     * A v1 hierarchy.
     *
     * @param controllers such as {@code cpu} and {@code cpuacct}; empty for one that has a name only
     * @param name such as {@code systemd}; mostly empty
     * @param mountOptions to mount the same hierarchy again: {@code cpu,cpuacct} or {@code none,name=systemd}
     * @param root the cgroup that is visible at the mount point, mostly {@code /}
     * @param ownPath this process's cgroup, such as {@code /} or {@code /jobs/7}
     */
    public record Hierarchy(
            List<String> controllers, String name, String mountOptions, Path mountPoint, String root, String ownPath) {
        public Hierarchy {
            controllers = List.copyOf(controllers);
        }

        /** The directory of a cgroup given by its absolute path in the hierarchy. */
        public Path directory(String path) {
            throw new UnsupportedOperationException(path);
        }
    }

    public static Cgroups detect() {
        throw new UnsupportedOperationException();
    }

    /** The v1 hierarchy of a controller, or null. */
    public @Nullable Hierarchy withController(String controller) {
        throw new UnsupportedOperationException();
    }
}
