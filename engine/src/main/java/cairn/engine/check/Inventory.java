package cairn.engine.check;

import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whose each byte under the data root is. Files of several names count once; directories not at all; other file systems not. */
public final class Inventory {
    private static final String DATABASES = "image/overlay2/";

    private final Relations relations;
    private final Map<Owner.Type, long[]> totals = new EnumMap<>(Owner.Type.class);
    private final Set<Long> counted = new HashSet<>();
    private long mount;

    private Inventory(Relations relations) {
        this.relations = relations;
    }

    /** What one kind of owner has. */
    public record Share(Owner.Type owner, long files, long bytes) {}

    static List<Share> of(Picture store, Relations relations) {
        Inventory inventory = new Inventory(relations);
        try (DirectoryHandle root = DirectoryHandle.open(store.root())) {
            inventory.mount = root.stat().mountId();
            inventory.walk(root, "", Owner.Type.STORE, 0);
        }
        return inventory.totals.entrySet().stream()
                .map(total -> new Share(total.getKey(), total.getValue()[0], total.getValue()[1]))
                .toList();
    }

    private void walk(DirectoryHandle directory, String path, Owner.Type owner, int depth) {
        List<String> names;
        try {
            names = directory.list();
        } catch (LinuxException e) {
            if (e.errno() == Errno.EILSEQ || e.errno() == Errno.ENOENT) {
                return;
            }
            throw e;
        }
        for (String name : names) {
            try {
                entry(directory, path, name, owner, depth);
            } catch (LinuxException e) {
                // Containers run, and go on creating and removing.
                if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                    throw e;
                }
            }
        }
    }

    private void entry(DirectoryHandle directory, String path, String name, Owner.Type above, int depth) {
        FileStatus status = directory.stat(name);
        if (status == null) {
            return;
        }
        String here = path.isEmpty() ? name : path + "/" + name;
        Owner.Type owner = owner(here, above, depth);
        if (status.isDirectory()) {
            // A container's mounted root shows files of others.
            if (status.mountId() == mount) {
                try (DirectoryHandle inner = directory.openIn(name)) {
                    walk(inner, depth < 6 ? here : "", owner, depth + 1);
                }
            }
        } else if (status.links() == 1 || counted.add(status.inode())) {
            long[] total = totals.computeIfAbsent(owner, key -> new long[2]);
            total[0]++;
            total[1] += status.size();
        }
    }

    /** A name of the first levels decides; below them all belongs to the same. */
    private Owner.Type owner(String path, Owner.Type above, int depth) {
        Path names = Path.of(path);
        String first = names.getName(0).toString();
        if (depth == 0) {
            return switch (first) {
                case "overlay2", "image", "cairn" -> Owner.Type.STORE;
                case "containers" -> Owner.Type.CONTAINER;
                case "volumes" -> Owner.Type.VOLUME;
                default -> UnknownFiles.DOCKERD.contains(first) ? Owner.Type.DOCKERD : Owner.Type.NOBODY;
            };
        }
        if (depth == 1 && first.equals("overlay2")) {
            String name = names.getName(1).toString();
            return switch (name) {
                case "l" -> Owner.Type.STORE;
                case "backingFsBlockDev" -> Owner.Type.DOCKERD;
                default -> directory(name);
            };
        }
        if (first.equals("image") && depth <= 3) {
            return database(path, above);
        }
        return above;
    }

    private Owner.Type directory(String name) {
        if (!relations.layersOf(name).isEmpty()) {
            return Owner.Type.LAYER;
        }
        if (relations.containerOf(name) != null) {
            return Owner.Type.CONTAINER;
        }
        return LayerDirectories.isLayerName(name) ? Owner.Type.NOBODY : Owner.Type.DOCKERD;
    }

    private static Owner.Type database(String path, Owner.Type above) {
        if (!path.startsWith(DATABASES)) {
            return path.equals("image/overlay2") ? Owner.Type.STORE : Owner.Type.DOCKERD;
        }
        return switch (path.substring(DATABASES.length())) {
            case "repositories.json" -> Owner.Type.NAMES;
            case "distribution" -> Owner.Type.REGISTRIES;
            case "imagedb" -> Owner.Type.IMAGE;
            case "layerdb", "layerdb/sha256" -> Owner.Type.LAYER;
            case "layerdb/mounts" -> Owner.Type.CONTAINER;
            case "layerdb/tmp" -> Owner.Type.STORE;
            default -> above;
        };
    }
}
