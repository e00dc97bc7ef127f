package cairn.engine.layer;

import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarType;
import cairn.oci.tar.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes a layer's directory as a tar stream: sorted, hard links kept, and overlayfs's marks turned into whiteout files. The result unpacks to
 * the same layer.
 */
final class DirectoryTar {
    private final TarWriter out;
    /** Where an inode with several names was written first. */
    private final Map<Long, String> linked = new HashMap<>();

    private DirectoryTar(TarWriter out) {
        this.out = out;
    }

    /** Writes a whole archive; the stream stays open. */
    static void write(DirectoryHandle root, OutputStream out) throws IOException {
        // Not closed: closing would close the caller's stream.
        @SuppressWarnings("resource")
        TarWriter tar = new TarWriter(out);
        new DirectoryTar(tar).directory(root, "");
        tar.finish();
    }

    private void directory(DirectoryHandle directory, String path) throws IOException {
        if (directory.getxattrs().containsKey(Overlay.OPAQUE)) {
            out.write(TarEntry.file(
                    path + Overlay.OPAQUE_MARK, 0, 0, directory.stat().modifiedSeconds()));
        }
        for (String name : directory.list()) {
            FileStatus status = directory.stat(name);
            if (status != null) {
                entry(directory, path, name, status);
            }
        }
    }

    private void entry(DirectoryHandle directory, String path, String name, FileStatus status) throws IOException {
        if (status.isWhiteout()) {
            out.write(TarEntry.file(path + Overlay.WHITEOUT_PREFIX + name, 0, 0, status.modifiedSeconds())
                    .withOwner(status.uid(), status.gid()));
            return;
        }
        if (!status.isDirectory() && status.links() > 1) {
            String first = linked.putIfAbsent(status.inode(), path + name);
            if (first != null) {
                out.write(describe(status, path + name, TarType.HARD_LINK, 0, first, Map.of()));
                return;
            }
        }
        Map<String, byte[]> attributes = new LinkedHashMap<>(directory.getxattrs(name));
        attributes.keySet().removeIf(Overlay::isOverlayAttribute);
        switch (status.type()) {
            case FileStatus.S_IFDIR -> {
                out.write(describe(status, path + name + "/", TarType.DIRECTORY, 0, "", attributes));
                try (DirectoryHandle inner = directory.openIn(name)) {
                    directory(inner, path + name + "/");
                }
            }
            case FileStatus.S_IFREG -> {
                try (InputStream content = directory.openFile(name)) {
                    out.write(describe(status, path + name, TarType.FILE, status.size(), "", attributes), content);
                }
            }
            case FileStatus.S_IFLNK ->
                out.write(describe(status, path + name, TarType.SYMLINK, 0, directory.readlink(name), attributes));
            case FileStatus.S_IFCHR -> out.write(describe(status, path + name, TarType.CHAR_DEVICE, 0, "", attributes));
            case FileStatus.S_IFBLK ->
                out.write(describe(status, path + name, TarType.BLOCK_DEVICE, 0, "", attributes));
            case FileStatus.S_IFIFO -> out.write(describe(status, path + name, TarType.FIFO, 0, "", attributes));
            default -> {
                // Sockets have no meaning without the process that bound them; Docker leaves them out too.
            }
        }
    }

    private static TarEntry describe(
            FileStatus status, String name, TarType type, long size, String target, Map<String, byte[]> attributes) {
        return new TarEntry(
                name,
                type,
                type.flag(),
                status.permissions(),
                status.uid() & 0xffffffffL,
                status.gid() & 0xffffffffL,
                "",
                "",
                size,
                status.modifiedSeconds(),
                status.modifiedNanos(),
                target,
                status.rdevMajor(),
                status.rdevMinor(),
                attributes);
    }
}
