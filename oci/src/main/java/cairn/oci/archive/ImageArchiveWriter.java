package cairn.oci.archive;

import cairn.oci.DiffId;
import cairn.oci.ImageConfig;
import cairn.oci.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/** Writes images as {@code docker save} of Docker 25 and later does: an OCI layout that also has the older {@code manifest.json}. */
public final class ImageArchiveWriter {
    private ImageArchiveWriter() {}

    /**
     * Writes an archive; blobs that several images share are written once.
     *
     * @throws IOException also where a layer's content is not what its diff ID and size say
     */
    public static void write(List<Image> images, OutputStream out) throws IOException {
        cairn.oci.Todo.todo();
    }

    /**
     * One image to write.
     *
     * @param layers lowest first, as many as the config has
     * @param tags may be empty
     */
    public record Image(ImageConfig config, List<Layer> layers, List<Reference> tags) {
        public Image {
            layers = List.copyOf(layers);
            tags = List.copyOf(tags);
        }
    }

    /**
     * One layer's plain tar.
     *
     * @param size its exact length in bytes
     */
    public record Layer(DiffId diffId, long size, Content content) {}

    /** Opens a layer's plain tar. */
    public interface Content {
        InputStream open() throws IOException;
    }
}
