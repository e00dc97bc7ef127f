package cairn.oci;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image's config document: the exact bytes, whose SHA-256 is the image's identity, and what they say.
 */
public final class ImageConfig {
    /** The largest config that is read, 8 MiB. */
    public static final int MAX_BYTES = 8 << 20;

    private final byte[] bytes;
    private final ImageId id;
    private final Content content;

    private ImageConfig(byte[] bytes, Content content) {
        this.bytes = bytes;
        this.id = new ImageId(Digest.sha256(bytes));
        this.content = content;
    }

    /**
     * Reads a config and keeps its bytes.
     *
     * @throws InvalidDocumentException where it is broken, names a member twice, is over a limit or has no layers of type "layers"
     */
    public static ImageConfig parse(byte[] json) throws InvalidDocumentException {
        return new ImageConfig(json.clone(), ConfigJson.read(json));
    }

    /** A new config, written as dockerd 20.10 writes the configs of import, commit and the classic builder. */
    public static ImageConfig create(Content content) {
        return new ImageConfig(ConfigJson.write(content), content);
    }

    /** A copy of the document's exact bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The length of the document in bytes. */
    public int size() {
        return bytes.length;
    }

    public ImageId id() {
        return id;
    }

    /** What the document says. */
    public Content content() {
        return content;
    }

    /** The layers, lowest first; may be empty. */
    public List<DiffId> diffIds() {
        return content.diffIds();
    }

    /** How containers of the image run; {@link RunConfig#empty()} where the document has none. */
    public RunConfig config() {
        return content.config() == null ? RunConfig.empty() : content.config();
    }

    public Platform platform() {
        return content.platform();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ImageConfig that && id.equals(that.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "ImageConfig[" + id + "]";
    }

    /**
     * What a config says.
     *
     * @param created null where the document gives none
     * @param containerConfig the config of the container that the image was committed from (classic builder, commit, import)
     * @param parent the image that this was committed on; only in documents older than 1.10, Docker keeps it beside the document now
     */
    public record Content(
            @Nullable Instant created,
            @Nullable String author,
            String architecture,
            @Nullable String variant,
            String os,
            @Nullable String osVersion,
            @Nullable RunConfig config,
            @Nullable RunConfig containerConfig,
            List<DiffId> diffIds,
            List<History> history,
            @Nullable String comment,
            @Nullable String dockerVersion,
            @Nullable String container,
            @Nullable String parent) {
        public Content {
            diffIds = List.copyOf(diffIds);
            history = List.copyOf(history);
        }

        public Platform platform() {
            // Docker takes images that do not say for Linux images.
            return new Platform(os.isEmpty() ? "linux" : os, architecture, variant, osVersion, List.of());
        }
    }

    /** One step of an image's making; steps that are not {@code emptyLayer} made one layer each. */
    public record History(
            @Nullable Instant created,
            @Nullable String createdBy,
            @Nullable String author,
            @Nullable String comment,
            boolean emptyLayer) {}
}
