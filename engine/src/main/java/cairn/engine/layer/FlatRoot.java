package cairn.engine.layer;

import cairn.engine.error.Problem;
import cairn.linux.DirectoryHandle;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.linux.Mounts;
import cairn.oci.tar.TarLimits;
import cairn.oci.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Writes all layers of a chain, as a container would see them, into an ordinary directory. */
final class FlatRoot {
    private static final int PIPE = 1 << 20;

    private FlatRoot() {}

    /**
     * @param layers topmost first
     * @param directory empty, or missing with an existing parent
     * @param scratch where a mount point may be made
     */
    static void write(List<Layer> layers, Path directory, Path scratch, int umask) throws IOException {
        makeEmpty(directory);
        if (layers.size() == 1) {
            copy(layers.getFirst().diff(), directory, umask);
            return;
        }
        Path merged = Files.createTempDirectory(scratch, "unpack-");
        try {
            String lowers =
                    layers.stream().map(layer -> layer.diff().toString()).collect(Collectors.joining(":"));
            Mounts.mount("overlay", merged.toString(), "overlay", Mounts.MS_RDONLY, "lowerdir=" + lowers);
            try {
                copy(merged, directory, umask);
            } finally {
                Mounts.unmount(merged.toString(), Mounts.MNT_DETACH);
            }
        } finally {
            Files.deleteIfExists(merged);
        }
    }

    private static void makeEmpty(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new Problem.InvalidParameter("the directory above " + directory + " does not exist").exception();
        }
        if (Files.exists(directory)) {
            try (var files = Files.newDirectoryStream(directory)) {
                if (files.iterator().hasNext()) {
                    throw new Problem.InvalidParameter(directory + " is not empty: give a new directory").exception();
                }
            } catch (java.nio.file.NotDirectoryException e) {
                throw new Problem.InvalidParameter(directory + " is not a directory").exception(e);
            }
        } else {
            Files.createDirectory(directory);
        }
    }

    /** Through a tar stream: so names, links and devices take the same guarded way as those of an archive. */
    private static void copy(Path from, Path to, int umask) throws IOException {
        try (DirectoryHandle source = DirectoryHandle.open(from);
                DirectoryHandle target = DirectoryHandle.open(to);
                InRoot root = InRoot.open(to);
                PipedInputStream in = new PipedInputStream(PIPE)) {
            OutputStream out = new PipedOutputStream(in);
            Thread writer = Thread.ofPlatform().name("unpack-read").start(() -> {
                try (out) {
                    DirectoryTar.write(source, out);
                } catch (IOException | LinuxException e) {
                    // The reader sees the stream end early and reports that.
                }
            });
            Unpacker.unpack(reader(in), target, root, umask, _ -> {});
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static TarReader reader(InputStream in) throws IOException {
        return new TarReader(in, TarLimits.DEFAULT);
    }
}
