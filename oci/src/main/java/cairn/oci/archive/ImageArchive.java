package cairn.oci.archive;

import cairn.oci.DiffId;
import cairn.oci.ImageConfig;
import cairn.oci.ImageId;
import cairn.oci.Platform;
import cairn.oci.Reference;
import cairn.oci.tar.LayerCompression;
import cairn.oci.tar.TarReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * The images of one archive: {@code docker save}'s form, an OCI layout, or both in one, where the former counts; plain or compressed. The
 * archive is spooled to a directory first, since layers may stand before the documents that name them.
 */
public final class ImageArchive implements Closeable {
    private final Spool spool;
    private final List<Image> images;

    private ImageArchive(Spool spool, List<Image> images) {
        this.spool = spool;
        this.images = images;
    }

    /**
     * Reads all of {@code in} and checks the documents in it; layers are verified by whoever unpacks them.
     *
     * @param spool an existing directory of the caller's, empty; {@link #close} empties it again, and so does a failure
     * @param platform which one is taken where an OCI index has an image for several
     * @throws IOException an {@link ArchiveException}, {@link cairn.oci.tar.TarException} or {@link cairn.oci.InvalidDocumentException} for
     *     a bad archive
     */
    public static ImageArchive open(InputStream in, Path spool, ArchiveLimits limits, Platform platform)
            throws IOException {
        return open(in, spool, limits, platform, null);
    }

    /** As above; {@code early} is asked first for each large file that looks like a layer, and what it takes is not spooled. */
    public static ImageArchive open(
            InputStream in, Path spool, ArchiveLimits limits, Platform platform, @Nullable EarlyReader early)
            throws IOException {
        Spool files = new Spool(spool, limits.documentBytes(), early);
        try {
            files.fill(new TarReader(LayerCompression.decompress(in, limits.compression()), limits.tar()));
            List<Image> images;
            if (files.find(DockerLayout.MANIFEST) != null) {
                images = DockerLayout.images(files, limits.images());
            } else if (files.find(OciLayout.INDEX) != null) {
                images = OciLayout.images(files, limits.images(), platform);
            } else {
                throw new ArchiveException("archive has neither manifest.json nor index.json: it is no image archive");
            }
            return new ImageArchive(files, merged(images));
        } catch (IOException | RuntimeException e) {
            files.clear();
            throw e;
        }
    }

    /** The images in the archive's order, each once. An OCI index of several platforms gives the image of the one asked for. */
    public List<Image> images() {
        return images;
    }

    /** Removes what was spooled. */
    @Override
    public void close() throws IOException {
        spool.clear();
    }

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

        /** The name of its file in the archive. */
        String name();

        /** Bytes of the layer as it stands in the archive, compressed or not. */
        long size();

        /** The layer as it stands in the archive, unless an {@link EarlyReader} has taken it; decompress it with {@link LayerCompression#decompress}. */
        InputStream open() throws IOException;
    }

    record SpooledLayer(DiffId diffId, Spool.Spooled file) implements Layer {
        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long size() {
            return file.size();
        }

        @Override
        public InputStream open() throws IOException {
            return file.open();
        }
    }

    /** An image of the files in {@code spool}, whose number is checked against the config's layers. */
    static Image image(Spool spool, String configName, List<String> layerNames, List<Reference> tags)
            throws IOException {
        ImageConfig config = ImageConfig.parse(spool.read(configName, ImageConfig.MAX_BYTES));
        List<DiffId> diffIds = config.diffIds();
        if (diffIds.size() != layerNames.size()) {
            // Docker's words.
            throw new ArchiveException("invalid manifest, layers length mismatch: expected " + layerNames.size()
                    + ", got " + diffIds.size());
        }
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < diffIds.size(); i++) {
            layers.add(new SpooledLayer(diffIds.get(i), spool.get(layerNames.get(i))));
        }
        return new Image(config, layers, tags);
    }

    private static List<Image> merged(List<Image> images) {
        Map<ImageId, Image> merged = new LinkedHashMap<>();
        for (Image image : images) {
            merged.merge(image.config().id(), image, (first, again) -> {
                SequencedSet<Reference> tags = new LinkedHashSet<>(first.tags());
                tags.addAll(again.tags());
                return new Image(first.config(), first.layers(), List.copyOf(tags));
            });
        }
        return List.copyOf(merged.values());
    }
}
