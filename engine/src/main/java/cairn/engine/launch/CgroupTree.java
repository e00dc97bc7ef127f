package cairn.engine.launch;

import cairn.linux.Cgroups;
import cairn.linux.DeviceFilter;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
    /** Containers that have a parent of their own: id to that parent, as it was asked for. */
    private final Map<String, String> elsewhere = new ConcurrentHashMap<>();

    /** Parents that were made for them and may be taken away again when they are empty. */
    private final Set<Path> made = ConcurrentHashMap.newKeySet();

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
            fillCpusets(hierarchy, directory);
        }
    }

    /** From now on the container's cgroup is below this parent: absolute, or below this process's own cgroup, as with runc; empty for the usual. */
    public void place(String id, String askedParent) {
        if (!askedParent.isEmpty()) {
            elsewhere.put(id, askedParent);
        }
    }

    /** Makes ready what a placed container's cgroup needs above it. */
    private void prepareElsewhere(String id) throws IOException {
        if (cgroups.unified()) {
            Path root = java.util.Objects.requireNonNull(cgroups.v2());
            Path directory = above(directories(id).getFirst());
            makeLevels(root, directory);
            enable(root, directory);
            return;
        }
        for (Cgroups.Hierarchy hierarchy : cgroups.v1()) {
            Path directory = above(hierarchy.directory(path(id, hierarchy.ownPath())));
            makeLevels(hierarchy.mountPoint(), directory);
            fillCpusets(hierarchy, directory);
        }
    }

    private void makeLevels(Path top, Path directory) throws IOException {
        for (Path level : levels(top, directory)) {
            if (!Files.isDirectory(level)) {
                Files.createDirectory(level);
                made.add(level);
            }
        }
    }

    /** A new cpuset is empty and takes no process; with the flag children copy their parent's. */
    private static void fillCpusets(Cgroups.Hierarchy hierarchy, Path directory) throws IOException {
        if (!hierarchy.controllers().contains("cpuset")) {
            return;
        }
        for (Path level : levels(hierarchy.mountPoint(), directory)) {
            copyIfEmpty(level, "cpuset.cpus");
            copyIfEmpty(level, "cpuset.mems");
        }
        Files.writeString(directory.resolve("cgroup.clone_children"), "1");
    }

    /** All levels below the top, topmost first. */
    private static List<Path> levels(Path top, Path directory) {
        List<Path> levels = new ArrayList<>();
        for (Path level = directory; !level.equals(top) && level.startsWith(top); level = above(level)) {
            levels.addFirst(level);
        }
        return levels;
    }

    /** @param ownPath this process's cgroup in that hierarchy */
    private String path(String id, String ownPath) {
        String asked = elsewhere.get(id);
        if (asked == null) {
            return parent + "/" + id;
        }
        Path base = asked.startsWith("/") ? Path.of("/") : Path.of(ownPath);
        // It must not lead above the place where it starts.
        Path clean = Path.of("/").relativize(Path.of("/" + asked).normalize());
        return base.resolve(clean).resolve(id).toString();
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

    /** Whether this kernel has such a file for a container. */
    public boolean has(String controller, String file) {
        Path directory = directoryOfParent(controller);
        return directory != null && Files.exists(directory.resolve(file));
    }

    /** Content of such a file of the parent of all containers, empty if there is none. */
    public String read(String controller, String file) {
        Path directory = directoryOfParent(controller);
        try {
            return directory == null
                    ? ""
                    : Files.readString(directory.resolve(file)).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private @Nullable Path directoryOfParent(String controller) {
        if (cgroups.unified()) {
            return java.util.Objects.requireNonNull(cgroups.v2()).resolve(parent.substring(1));
        }
        Cgroups.Hierarchy hierarchy = cgroups.withController(controller);
        return hierarchy == null ? null : hierarchy.directory(parent);
    }

    /**
     * A container's cgroup.
     *
     * @param limits must fit this machine's version
     * @param deviceRules such as {@code c 1:3 rwm}; none for a container that may use all devices
     */
    public LaunchSpec.Cgroup forContainer(String id, List<Limit> limits, List<String> deviceRules) {
        List<Map.Entry<Path, String>> writes = new ArrayList<>(writes(id, deviceLimits(deviceRules)));
        writes.addAll(writes(id, limits));
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
        return new LaunchSpec.Cgroup(cgroups.unified(), directories(id), writes, mounts, deviceRules);
    }

    private List<Limit> deviceLimits(List<String> rules) {
        List<Limit> limits = new ArrayList<>();
        if (!cgroups.unified() && !rules.isEmpty()) {
            limits.add(new Limit("devices", "devices.deny", "a"));
            for (String rule : rules) {
                limits.add(new Limit("devices", "devices.allow", rule));
            }
        }
        return limits;
    }

    /** Limits as writes to a container's files. */
    public List<Map.Entry<Path, String>> writes(String id, List<Limit> limits) {
        List<Map.Entry<Path, String>> writes = new ArrayList<>();
        for (Limit limit : limits) {
            Path directory = directory(id, limit.controller());
            // Not every v1 kernel accounts swap; where there is no such file there is nothing to limit.
            boolean missing = limit.file().startsWith("memory.memsw.") && !has("memory", limit.file());
            if (directory != null && !missing) {
                writes.add(Map.entry(directory.resolve(limit.file()), limit.value()));
            }
        }
        return writes;
    }

    /**
     * Before a launch: with v2, makes the container's cgroup and attaches the device rules to it, so that its first process is born under
     * them. With v1 they are among the plan's writes.
     *
     * @param deviceRules as in {@link #forContainer}
     */
    public void prepareContainer(String id, List<String> deviceRules) throws IOException {
        if (elsewhere.containsKey(id)) {
            prepareElsewhere(id);
        }
        if (cgroups.unified() && !deviceRules.isEmpty()) {
            Path directory = Files.createDirectories(directories(id).getFirst());
            DeviceFilter.attach(
                    directory,
                    deviceRules.stream().map(DeviceFilter.Rule::parse).toList());
        }
    }

    /** One per v1 hierarchy, or the one of v2. */
    public List<Path> directories(String id) {
        if (cgroups.unified()) {
            // Processes and controllers exclude each other there, so a relative parent lies beside this process's own
            // cgroup.
            String own = cgroups.v2OwnPath() == null
                    ? "/"
                    : above(Path.of(cgroups.v2OwnPath())).toString();
            String path = path(id, own);
            return List.of(java.util.Objects.requireNonNull(cgroups.v2()).resolve(path.substring(1)));
        }
        List<Path> directories = new ArrayList<>();
        for (Cgroups.Hierarchy hierarchy : cgroups.v1()) {
            directories.add(hierarchy.directory(path(id, hierarchy.ownPath())));
        }
        return directories;
    }

    /** The directory where a controller's files of a container are, null when the machine has no such hierarchy. */
    public @Nullable Path directory(String id, String controller) {
        if (cgroups.unified()) {
            return directories(id).getFirst();
        }
        Cgroups.Hierarchy hierarchy = cgroups.withController(controller);
        return hierarchy == null ? null : hierarchy.directory(path(id, hierarchy.ownPath()));
    }

    /** All processes of a container, as the host numbers them. */
    public List<Integer> processes(String id) {
        Path directory = directory(id, "pids");
        if (directory == null) {
            directory = directories(id).getFirst();
        }
        List<Integer> processes = new ArrayList<>(cairn.linux.Processes.pidsInCgroup(directory));
        for (Path below : below(directory)) {
            processes.addAll(cairn.linux.Processes.pidsInCgroup(below));
        }
        return processes;
    }

    /** Cgroups that the container's processes have made in theirs, deepest first. */
    private static List<Path> below(Path directory) {
        List<Path> found = new ArrayList<>();
        try (var children = Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (Path child : children) {
                found.addAll(below(child));
                found.add(child);
            }
        } catch (IOException | DirectoryIteratorException gone) {
            // Just removed, by somebody inside or with its last process.
        }
        return found;
    }

    /** How many processes of the container the kernel has killed for memory. */
    public long oomKills(String id) {
        Path directory = directory(id, "memory");
        if (directory == null) {
            return 0;
        }
        Path counters = directory.resolve(cgroups.unified() ? "memory.events" : "memory.oom_control");
        try {
            for (String line : Files.readAllLines(counters)) {
                if (line.startsWith("oom_kill ")) {
                    return Long.parseLong(line.substring("oom_kill ".length()).strip());
                }
            }
        } catch (IOException | NumberFormatException e) {
            // Gone already: then nobody can tell.
        }
        return 0;
    }

    /** Removes a container's cgroups; false when one still has processes. */
    public boolean remove(String id) {
        boolean gone = true;
        for (Path directory : directories(id)) {
            gone &= removed(directory);
        }
        if (gone && elsewhere.containsKey(id)) {
            removeMade(id);
            elsewhere.remove(id);
        }
        return gone;
    }

    private static boolean removed(Path directory) {
        try {
            Files.deleteIfExists(directory);
            return true;
        } catch (IOException busy) {
            List<Path> below = below(directory);
            boolean gone = !below.isEmpty();
            for (Path child : below) {
                gone &= removed(child);
            }
            return gone && removed(directory);
        }
    }

    private void removeMade(String id) {
        for (Path directory : directories(id)) {
            for (Path level = above(directory); made.contains(level); level = above(level)) {
                try {
                    Files.deleteIfExists(level);
                    made.remove(level);
                } catch (IOException e) {
                    break; // Another container's, too.
                }
            }
        }
    }

    /** Ids of the containers that have a cgroup below the usual parent, alive or left over. */
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
