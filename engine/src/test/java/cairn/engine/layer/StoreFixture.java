package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.store.DataRoot;
import cairn.linux.DirectoryHandle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** One data root with its layers, reopened at will, and the question whether anything is left in it. */
public final class StoreFixture implements AutoCloseable {
    private final Path temporary;
    private final Path path;
    private DataRoot root;
    private Layers layers;

    public StoreFixture() throws IOException {
        this(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** @param parent where the directory is made that holds the root */
    public StoreFixture(Path parent) throws IOException {
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")), "needs root");
        this.temporary = Files.createTempDirectory(parent, "cairn-store-").toRealPath();
        this.path = temporary.resolve("root");
        this.root = DataRoot.open(path);
        this.layers = new Layers(root);
        layers.sweep();
    }

    /** The directory that holds the root and whatever a test puts beside it; deleted in the end. */
    public Path temporary() {
        return temporary;
    }

    public DataRoot root() {
        return root;
    }

    public Layers layers() {
        return layers;
    }

    /** As after a kill: nothing of what is open gets closed in order, and the next start sweeps. */
    public Layers reopen() {
        layers.close();
        root.close();
        root = DataRoot.open(path);
        layers = new Layers(root);
        return layers;
    }

    /** All names below the root that make up layers, without what every empty root has. */
    public List<String> remains() {
        TreeSet<String> names = new TreeSet<>();
        for (String place : List.of(
                "overlay2",
                "overlay2/l",
                "image/overlay2/layerdb/sha256",
                "image/overlay2/layerdb/mounts",
                "image/overlay2/layerdb/tmp",
                "cairn/pending",
                "cairn/tmp")) {
            try (Stream<Path> entries = Files.list(path.resolve(place))) {
                entries.forEach(entry -> names.add(place + "/" + entry.getFileName()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        names.remove("overlay2/l");
        return List.copyOf(names);
    }

    public void assertEmpty() {
        assertThat(remains()).isEmpty();
    }

    static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    }

    @Override
    public void close() {
        layers.close();
        root.close();
        delete(temporary);
    }

    /** Not with java.nio.file: layers hold links out, devices and other traps. */
    public static void delete(Path directory) {
        try (DirectoryHandle parent = DirectoryHandle.open(directory.getParent())) {
            parent.deleteTree(directory.getFileName().toString());
        }
    }
}
