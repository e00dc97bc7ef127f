package cairn.engine.launch;

import cairn.linux.Cgroups;
import cairn.linux.DeviceFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's part of the cgroup hierarchies: one parent, and below it one cgroup per container. The shim makes and joins
 * them by the plan; here they are prepared, read and taken away.
 */
public final class CgroupTree {
    /** A limit as one file of one v1 controller; a v2 limit has no controller. */
    public record Limit(String controller, String file, String value) {}

    private static final List<String> V2_CONTROLLERS = List.of("cpuset", "cpu", "io", "memory", "pids");

    private final Cgroups cgroups;
    private final String parent;

    /** @param parent absolute path of the parent cgroup, such as {@code /cairn} */
    public CgroupTree(Cgroups cgroups, String parent) {
        this.cgroups = cgroups;
        this.parent = parent;
    }

    public boolean unified() {
        return cgroups.unified();
    }

    public String parent() {
        return parent;
    }

    /** Makes the parent, so that children inherit what they need: cpusets with v1, enabled controllers with v2. */
    public void prepare() throws IOException {
        if (cgroups.unified()) {
            Path root = java.util.Objects.requireNonNull(cgroups.v2());
            Path directory = Files.createDirectories(root.resolve(parent.substring(1)));
            enable(root, directory);
            return;
        }
        for (Cgroups.Hierarchy hierarchy : cgroups.v1()) {
            Path directory = Files.createDirectories(hierarchy.directory(parent));
            if (hierarchy.controllers().contains("cpuset")) {
                // A new cpuset is empty and takes no process; with this flag children copy the parent's.
                copyIfEmpty(directory, "cpuset.cpus");
                copyIfEmpty(directory, "cpuset.mems");
                Files.writeString(directory.resolve("cgroup.clone_children"), "1");
            }
        }
    }

    private static Path above(Path path) {
        Path above = path.getParent();
        return above == null ? Path.of("/") : above;
    }

    private static void enable(Path root, Path leaf) {
        List<Path> levels = new ArrayList<>();
        for (Path level = leaf; level.startsWith(root); level = above(level)) {
            levels.addFirst(level);
            if (level.equals(root)) {
                break;
            }
        }
        for (Path level : levels) {
            for (String controller : V2_CONTROLLERS) {
                try {
                    Files.writeString(level.resolve("cgroup.subtree_control"), "+" + controller);
                } catch (IOException e) {
                    // A controller that this kernel lacks; a limit that needs it fails with its own text.
                }
            }
        }
    }

    private static void copyIfEmpty(Path directory, String file) throws IOException {
        if (Files.readString(directory.resolve(file)).isBlank()) {
            Files.writeString(
                    directory.resolve(file),
                    Files.readString(above(directory).resolve(file)).strip());
        }
    }

    /** A container's cgroup; {@code limits} must fit this machine's version. */
    public LaunchSpec.Cgroup forContainer(String id, List<Limit> limits) {
        List<Map.Entry<Path, String>> writes = new ArrayList<>();
        for (Limit limit : limits) {
            Path directory = directory(id, limit.controller());
            // Not every v1 kernel accounts swap; where there is no such file there is nothing to limit.
            boolean missing = limit.file().startsWith("memory.memsw.")
                    && (directory == null || !Files.exists(above(directory).resolve(limit.file())));
            if (directory != null && !missing) {
                writes.add(Map.entry(directory.resolve(limit.file()), limit.value()));
            }
        }
        List<LaunchSpec.CgroupMount> mounts = new ArrayList<>();
        for (Cgroups.Hierarchy hierarchy : cgroups.unified() ? List.<Cgroups.Hierarchy>of() : cgroups.v1()) {
            String name = String.valueOf(hierarchy.mountPoint().getFileName());
            List<String> links = new ArrayList<>();
            if (hierarchy.controllers().size() > 1) {
                for (String controller : hierarchy.controllers()) {
                    if (!controller.equals(name)) {
                        links.add(controller);
                    }
                }
            }
            mounts.add(new LaunchSpec.CgroupMount(name, hierarchy.mountOptions(), links));
        }
        return new LaunchSpec.Cgroup(cgroups.unified(), directories(id), writes, mounts);
    }

    /**
     * Before a launch: with v2, makes the container's cgroup and attaches the device rules to it, so that its first process is born under
     * them. With v1 they are {@link Limit}s, and this does nothing. No rules are no devices: who may use all is not prepared.
     *
     * @param deviceRules such as {@code c 1:3 rwm}
     */
    public void prepareContainer(String id, List<String> deviceRules) throws IOException {
        if (cgroups.unified()) {
            Path directory = Files.createDirectories(directories(id).getFirst());
            DeviceFilter.attach(
                    directory,
                    deviceRules.stream().map(DeviceFilter.Rule::parse).toList());
        }
    }

    /** One per v1 hierarchy, or the one of v2. */
    public List<Path> directories(String id) {
        String path = parent + "/" + id;
        if (cgroups.unified()) {
            return List.of(java.util.Objects.requireNonNull(cgroups.v2()).resolve(path.substring(1)));
        }
        List<Path> directories = new ArrayList<>();
        for (Cgroups.Hierarchy hierarchy : cgroups.v1()) {
            directories.add(hierarchy.directory(path));
        }
        return directories;
    }

    /** The directory where a controller's files of a container are, null when the machine has no such hierarchy. */
    public @Nullable Path directory(String id, String controller) {
        if (cgroups.unified()) {
            return directories(id).getFirst();
        }
        Cgroups.Hierarchy hierarchy = cgroups.withController(controller);
        return hierarchy == null ? null : hierarchy.directory(parent + "/" + id);
    }

    /** All processes of a container, as the host numbers them. */
    public List<Integer> processes(String id) {
        Path directory = directory(id, "pids");
        if (directory == null) {
            directory = directories(id).getFirst();
        }
        return cairn.linux.Processes.pidsInCgroup(directory);
    }

    /** Whether the kernel killed a process of the container for memory. */
    public boolean outOfMemory(String id) {
        Path directory = directory(id, "memory");
        if (directory == null) {
            return false;
        }
        Path counters = directory.resolve(cgroups.unified() ? "memory.events" : "memory.oom_control");
        try {
            for (String line : Files.readAllLines(counters)) {
                if (line.startsWith("oom_kill ")) {
                    return !line.equals("oom_kill 0");
                }
            }
        } catch (IOException e) {
            // Gone already: then nobody can tell.
        }
        return false;
    }

    /** Removes a container's cgroups; false when one still has processes. */
    public boolean remove(String id) {
        boolean gone = true;
        for (Path directory : directories(id)) {
            try {
                Files.deleteIfExists(directory);
            } catch (IOException busy) {
                gone = false;
            }
        }
        return gone;
    }

    /** Ids of the containers that have a cgroup, alive or left over. */
    public List<String> containers() throws IOException {
        Path directory = cgroups.unified()
                ? java.util.Objects.requireNonNull(cgroups.v2()).resolve(parent.substring(1))
                : cgroups.v1().getFirst().directory(parent);
        List<String> ids = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (var children = Files.newDirectoryStream(directory, Files::isDirectory)) {
                for (Path child : children) {
                    ids.add(String.valueOf(child.getFileName()));
                }
            }
        }
        return ids;
    }

    /** Takes the parent away when it has no container left. */
    public void close() {
        if (cgroups.unified()) {
            removeQuietly(java.util.Objects.requireNonNull(cgroups.v2()).resolve(parent.substring(1)));
            return;
        }
        for (Cgroups.Hierarchy hierarchy : cgroups.v1()) {
            removeQuietly(hierarchy.directory(parent));
        }
    }

    private static void removeQuietly(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // Containers live on in it.
        }
    }
}
