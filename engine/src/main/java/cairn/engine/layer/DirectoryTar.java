package cairn.engine.layer;

import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarWriter;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes a layer's directory as a tar stream: sorted, hard links kept, and overlayfs's marks turned into whiteout files. The result unpacks to
 * the same layer.
 */
final class DirectoryTar {
    private final TarWriter out;
    private final EntryWriter entries;

    private DirectoryTar(TarWriter out) {
        this.out = out;
        this.entries = new EntryWriter(out);
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
        if (entries.write(directory, name, path + name, status, 0) && status.isDirectory()) {
            try (DirectoryHandle inner = MergedTree.openOrNull(directory, name)) {
                if (inner != null) {
                    directory(inner, path + name + "/");
                }
            }
        }
    }
}
