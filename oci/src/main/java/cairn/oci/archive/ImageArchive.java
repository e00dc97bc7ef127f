package cairn.oci.archive;

import cairn.oci.DiffId;
import cairn.oci.ImageConfig;
import cairn.oci.Reference;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The images of one archive: {@code docker save}'s form, an OCI layout, or both in one; plain or compressed. The archive is spooled to a
 * directory first, since layers may stand before the documents that name them.
 */
public final class ImageArchive implements Closeable {
    private ImageArchive() {}

    /**
     * Reads all of {@code in} and checks the documents in it; layers are verified by whoever unpacks them.
     *
     * @param spool an existing directory of the caller's, empty; {@link #close} empties it again
     * @throws IOException an {@link ArchiveException} or {@link cairn.oci.tar.TarException} for a bad archive
     */
    public static ImageArchive open(InputStream in, Path spool, ArchiveLimits limits) throws IOException {
        return cairn.oci.Todo.todo();
    }

    /** The images in the archive's order, each once. */
    public List<Image> images() {
        return cairn.oci.Todo.todo();
    }

    /** Removes what was spooled. */
    @Override
    public void close() throws IOException {}

    /** One image: its config, its layers lowest first (as many as the config has), and the names it is to get. */
    public record Image(ImageConfig config, List<Layer> layers, List<Reference> tags) {
        public Image {
            layers = List.copyOf(layers);
            tags = List.copyOf(tags);
        }
    }

    /** One layer; the same file may serve several images. */
    public interface Layer {
        /** What the config says that the plain tar's digest is; not yet verified. */
        DiffId diffId();

        /** Bytes of the layer as it stands in the archive, compressed or not. */
        long size();

        /** The layer as it stands in the archive; decompress it with {@link cairn.oci.tar.LayerCompression#decompress}. */
        InputStream open() throws IOException;
    }
}
