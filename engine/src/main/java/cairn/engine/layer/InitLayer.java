package cairn.engine.layer;

import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Docker puts between an image and a container's writable layer: mount points, empty files to bind over, and {@code .dockerenv}. What
 * an image has there that is no directory is hidden by a fresh one, so nothing is later mounted or bound through an image's
 * link (moby's SetupInitLayer unlinks each component first). The result depends on the image's layers alone: it is worked out once
 * per chain and then only carried out.
 */
final class InitLayer {
    private enum Kind {
        DIRECTORY,
        FILE,
        MTAB
    }

    private static final Map<String, Kind> WANTED = wanted();

    private static Map<String, Kind> wanted() {
        Map<String, Kind> map = new LinkedHashMap<>();
        map.put("dev/pts", Kind.DIRECTORY);
        map.put("dev/shm", Kind.DIRECTORY);
        map.put("proc", Kind.DIRECTORY);
        map.put("sys", Kind.DIRECTORY);
        map.put(".dockerenv", Kind.FILE);
        map.put("etc/resolv.conf", Kind.FILE);
        map.put("etc/hosts", Kind.FILE);
        map.put("etc/hostname", Kind.FILE);
        map.put("dev/console", Kind.FILE);
        map.put("etc/mtab", Kind.MTAB);
        return map;
    }

    private final List<Entry> entries;

    /** One name of a directory of the init layer, and for a directory what is in it. */
    private sealed interface Entry {}

    private record File(String name) implements Entry {}

    private record Link(String name, String target) implements Entry {}

    /** @param below what the image has there, copied up as overlayfs would; null for a new directory */
    private record Directory(String name, @Nullable Below below, boolean opaque, List<Entry> entries)
            implements Entry {}

    private record Below(int mode, int uid, int gid, Map<String, byte[]> attributes) {}

    private InitLayer(List<Entry> entries) {
        this.entries = entries;
    }

    /** @param layers roots of the image's layers, topmost first; not closed by this */
    static InitLayer over(List<DirectoryHandle> layers) {
        return new InitLayer(directory(layers, ""));
    }

    /** Makes the files in an empty directory. */
    void create(DirectoryHandle diff) {
        create(diff, entries);
    }

    // ---- working out

    private static List<Entry> directory(List<DirectoryHandle> layers, String path) {
        List<Entry> entries = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        for (Map.Entry<String, Kind> wanted : WANTED.entrySet()) {
            if (!wanted.getKey().startsWith(path)) {
                continue;
            }
            String rest = wanted.getKey().substring(path.length());
            int slash = rest.indexOf('/');
            String name = slash < 0 ? rest : rest.substring(0, slash);
            if (!seen.contains(name)) {
                seen.add(name);
                Entry entry = slash < 0 ? leaf(layers, name, wanted.getValue()) : inner(layers, path, name);
                if (entry != null) {
                    entries.add(entry);
                }
            }
        }
        return entries;
    }

    /** Files are made anew even where the image has some: Docker unlinks and re-creates them. A directory stays as it is. */
    private static @Nullable Entry leaf(List<DirectoryHandle> layers, String name, Kind kind) {
        try (Found found = Found.in(layers, name)) {
            if (!found.directories.isEmpty()) {
                return null;
            }
            return switch (kind) {
                case DIRECTORY -> new Directory(name, null, found.hidesOther, List.of());
                case FILE -> new File(name);
                case MTAB -> new Link(name, "/proc/mounts");
            };
        }
    }

    private static Entry inner(List<DirectoryHandle> layers, String path, String name) {
        try (Found found = Found.in(layers, name)) {
            Below below = null;
            if (!found.directories.isEmpty()) {
                DirectoryHandle top = found.directories.getFirst();
                FileStatus status = top.stat();
                Map<String, byte[]> attributes = new LinkedHashMap<>(top.getxattrs());
                attributes.keySet().removeIf(Overlay::isOverlayAttribute);
                below = new Below(status.permissions(), status.uid(), status.gid(), attributes);
            }
            return new Directory(name, below, found.hidesOther, directory(found.directories, path + name + "/"));
        }
    }

    /**
     * What a name is in the pile of layers.
     *
     * @param directories the directories of that name that show, merged, in the pile; empty if it is none or nothing
     * @param hidesOther a link, file or node is there instead
     */
    private record Found(List<DirectoryHandle> directories, boolean hidesOther) implements AutoCloseable {
        static Found in(List<DirectoryHandle> layers, String name) {
            List<DirectoryHandle> directories = new ArrayList<>();
            for (DirectoryHandle layer : layers) {
                FileStatus status = layer.stat(name);
                if (status == null) {
                    continue;
                }
                if (!status.isDirectory()) {
                    return new Found(directories, directories.isEmpty() && !status.isWhiteout());
                }
                DirectoryHandle directory = layer.openIn(name);
                directories.add(directory);
                if (directory.getxattrs().containsKey(Overlay.OPAQUE)) {
                    break;
                }
            }
            return new Found(directories, false);
        }

        @Override
        public void close() {
            directories.forEach(DirectoryHandle::close);
        }
    }

    // ---- carrying out

    private static void create(DirectoryHandle parent, List<Entry> entries) {
        for (Entry entry : entries) {
            switch (entry) {
                // Empty: the container's own file is bound over it.
                case File file -> parent.createFile(file.name, 0755).close();
                case Link link -> parent.symlink(link.target, link.name);
                case Directory directory -> create(parent, directory);
            }
        }
    }

    private static void create(DirectoryHandle parent, Directory directory) {
        parent.mkdir(directory.name, 0755);
        if (directory.entries.isEmpty() && directory.below == null && !directory.opaque) {
            return;
        }
        try (DirectoryHandle made = parent.openIn(directory.name)) {
            create(made, directory.entries);
            if (directory.opaque) {
                Overlay.makeOpaque(made);
            }
            if (directory.below != null) {
                copyUp(made, directory.below);
            }
        }
    }

    private static void copyUp(DirectoryHandle made, Below below) {
        if (below.uid != 0 || below.gid != 0) {
            made.chown(below.uid, below.gid);
        }
        if (below.mode != 0755) {
            made.chmod(below.mode);
        }
        below.attributes.forEach(made::setxattr);
    }
}
