package cairn.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cgroup hierarchies of this machine (cgroups(7)).
 *
 * @param unified whether v2 is to be used: it is mounted with controllers, and no v1 hierarchy has any
 * @param v1 the v1 hierarchies that are mounted, in the order of the mount table; each once
 * @param v2 mount point of the v2 hierarchy, also where it has no controllers
 * @param v2OwnPath this process's cgroup in the v2 hierarchy, such as {@code /user.slice}
 */
public record Cgroups(
        boolean unified,
        List<Hierarchy> v1,
        @Nullable Path v2,
        @Nullable String v2OwnPath) {
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

        /** The directory of a cgroup given by its absolute path in the hierarchy, where the mount shows it. */
        public Path directory(String path) {
            Path visible = Path.of(root);
            Path wanted = Path.of(path);
            Path below = wanted.startsWith(visible)
                    ? visible.relativize(wanted)
                    : Path.of("/").relativize(wanted);
            return mountPoint.resolve(below).normalize();
        }
    }

    public static Cgroups detect() {
        List<MountEntry> table = MountTable.read();
        return of(table, text("/proc/self/cgroup"), v2Controllers(table));
    }

    private static String v2Controllers(List<MountEntry> table) {
        MountEntry mount = first(table, "cgroup2");
        return mount == null ? "" : text(mount.mountPoint() + "/cgroup.controllers");
    }

    private static String text(String path) {
        byte[] content = FileCalls.read(path);
        return content == null ? "" : new String(content, StandardCharsets.UTF_8);
    }

    private static @Nullable MountEntry first(List<MountEntry> table, String type) {
        return table.stream()
                .filter(entry -> entry.type().equals(type))
                .findFirst()
                .orElse(null);
    }

    /** From the mount table, /proc/self/cgroup and the root cgroup.controllers of v2. */
    static Cgroups of(List<MountEntry> table, String ownCgroups, String v2Controllers) {
        Map<String, String> own = new LinkedHashMap<>();
        ownCgroups.lines().map(line -> Arrays.asList(line.split(":", 3))).forEach(parts -> {
            if (parts.size() == 3) {
                own.put(parts.get(1), parts.get(2));
            }
        });
        List<Hierarchy> v1 = new ArrayList<>();
        for (MountEntry entry : table) {
            if (entry.type().equals("cgroup")) {
                addTo(v1, entry, own);
            }
        }
        MountEntry v2 = first(table, "cgroup2");
        boolean controlledByV1 =
                v1.stream().anyMatch(hierarchy -> !hierarchy.controllers().isEmpty());
        return new Cgroups(
                v2 != null && !v2Controllers.isBlank() && !controlledByV1,
                v1,
                v2 == null ? null : Path.of(v2.mountPoint()),
                v2 == null ? null : own.get(""));
    }

    /** A hierarchy may be mounted at several places; the first counts. */
    private static void addTo(List<Hierarchy> v1, MountEntry entry, Map<String, String> own) {
        List<String> options = Arrays.asList(entry.superOptions().split(",", -1));
        own.forEach((subject, path) -> {
            List<String> parts = Arrays.asList(subject.split(",", -1));
            if (!subject.isEmpty() && options.containsAll(parts)) {
                Hierarchy found = hierarchy(parts, entry, path);
                if (v1.stream().noneMatch(known -> known.mountOptions().equals(found.mountOptions()))) {
                    v1.add(found);
                }
            }
        });
    }

    private static Hierarchy hierarchy(List<String> parts, MountEntry entry, String ownPath) {
        String prefix = "name=";
        List<String> controllers =
                parts.stream().filter(part -> !part.startsWith(prefix)).toList();
        String name = parts.stream()
                .filter(part -> part.startsWith(prefix))
                .map(part -> part.substring(prefix.length()))
                .findFirst()
                .orElse("");
        String options = (controllers.isEmpty() ? "none," : "") + String.join(",", parts);
        return new Hierarchy(controllers, name, options, Path.of(entry.mountPoint()), entry.root(), ownPath);
    }

    /** The v1 hierarchy of a controller, or null. */
    public @Nullable Hierarchy withController(String controller) {
        return v1.stream()
                .filter(hierarchy -> hierarchy.controllers().contains(controller))
                .findFirst()
                .orElse(null);
    }
}
