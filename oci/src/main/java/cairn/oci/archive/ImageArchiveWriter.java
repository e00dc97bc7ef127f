package cairn.oci.archive;

import cairn.oci.Descriptor;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.ImageConfig;
import cairn.oci.Index;
import cairn.oci.Manifest;
import cairn.oci.MediaTypes;
import cairn.oci.Reference;
import cairn.oci.json.GoJson;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes images as {@code docker save} of Docker 25 and later does: an OCI layout that also has the older {@code manifest.json} and
 * {@code repositories}. The same images give the same bytes. Documents stand before layers, so that a reader of the stream knows early what
 * is coming.
 */
public final class ImageArchiveWriter {
    private static final String SHA256 = "blobs/sha256/";

    private final TarWriter tar;
    private final Set<Digest> written = new HashSet<>();

    private ImageArchiveWriter(TarWriter tar) {
        this.tar = tar;
    }

    /**
     * Writes an archive; blobs that several images share are written once. The stream stays open.
     *
     * @throws IOException also where a layer's content is not what its diff ID and size say
     */
    public static void write(List<Image> images, OutputStream out) throws IOException {
        TarWriter tar = new TarWriter(out);
        new ImageArchiveWriter(tar).write(images);
        tar.finish();
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
            if (!layers.stream().map(Layer::diffId).toList().equals(config.diffIds())) {
                throw new IllegalArgumentException("layers are not those of the config " + config.id());
            }
        }

        private Manifest manifest() {
            return new Manifest(
                    MediaTypes.OCI_MANIFEST,
                    new Descriptor(MediaTypes.OCI_CONFIG, config.id().digest(), config.size()),
                    layers.stream().map(Layer::descriptor).toList());
        }
    }

    /**
     * One layer's plain tar.
     *
     * @param size its exact length in bytes
     */
    public record Layer(DiffId diffId, long size, Content content) {
        private Descriptor descriptor() {
            return new Descriptor(MediaTypes.OCI_LAYER, diffId.digest(), size);
        }
    }

    /** Opens a layer's plain tar. */
    public interface Content {
        InputStream open() throws IOException;
    }

    private void write(List<Image> images) throws IOException {
        document(OciLayout.LAYOUT, "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII));
        document(OciLayout.INDEX, index(images).toJson());
        document(DockerLayout.MANIFEST, dockerManifest(images));
        document("repositories", repositories(images));
        tar.write(TarEntry.directory("blobs", 0755, 0));
        tar.write(TarEntry.directory(SHA256, 0755, 0));
        for (Image image : images) {
            blob(image.manifest().toJson());
            blob(image.config().bytes());
        }
        for (Image image : images) {
            for (Layer layer : image.layers()) {
                layer(layer);
            }
        }
    }

    private void document(String name, byte[] content) throws IOException {
        tar.write(TarEntry.file(name, 0644, content.length, 0), content);
    }

    private void blob(byte[] content) throws IOException {
        Digest digest = Digest.sha256(content);
        if (written.add(digest)) {
            document(OciLayout.blob(digest), content);
        }
    }

    private void layer(Layer layer) throws IOException {
        Digest digest = layer.diffId().digest();
        if (!written.add(digest)) {
            return;
        }
        MessageDigest computation = digest.newComputation();
        try (InputStream in = new DigestInputStream(layer.content().open(), computation)) {
            tar.write(TarEntry.file(OciLayout.blob(digest), 0644, layer.size(), 0), in);
            if (in.read() >= 0 || !digest.matches(computation)) {
                throw new ArchiveException("layer " + digest + " does not have the content that its digest names");
            }
        }
    }

    private static Index index(List<Image> images) {
        List<Descriptor> manifests = new ArrayList<>();
        for (Image image : images) {
            byte[] manifest = image.manifest().toJson();
            if (image.tags().isEmpty()) {
                manifests.add(descriptor(image, manifest, Map.of()));
            }
            for (Reference tag : image.tags()) {
                Map<String, String> annotations = new LinkedHashMap<>();
                annotations.put(OciLayout.CONTAINERD_NAME, tag.canonical());
                if (tag.tag() != null) {
                    annotations.put(OciLayout.REF_NAME, tag.tag());
                }
                manifests.add(descriptor(image, manifest, annotations));
            }
        }
        return new Index(MediaTypes.OCI_INDEX, manifests);
    }

    private static Descriptor descriptor(Image image, byte[] manifest, Map<String, String> annotations) {
        return new Descriptor(
                MediaTypes.OCI_MANIFEST,
                Digest.sha256(manifest),
                manifest.length,
                annotations,
                image.config().platform(),
                List.of(),
                null);
    }

    private static byte[] dockerManifest(List<Image> images) {
        GoJson json = new GoJson();
        json.open('[');
        for (Image image : images) {
            json.open('{').member("Config", OciLayout.blob(image.config().id().digest()));
            json.member(
                    "RepoTags",
                    image.tags().isEmpty()
                            ? null
                            : image.tags().stream().map(Reference::familiar).toList());
            json.member(
                    "Layers",
                    image.layers().stream()
                            .map(layer -> OciLayout.blob(layer.diffId().digest()))
                            .toList());
            json.name("LayerSources").open('{');
            Map<String, Layer> sources = new TreeMap<>();
            image.layers().forEach(layer -> sources.put(layer.diffId().toString(), layer));
            sources.forEach((digest, layer) -> json.name(digest)
                    .open('{')
                    .member("mediaType", MediaTypes.OCI_LAYER)
                    .member("size", layer.size())
                    .member("digest", digest)
                    .close('}'));
            json.close('}').close('}');
        }
        return json.close(']').bytes();
    }

    /** The oldest form of naming images: repository, tag, and the top layer. */
    private static byte[] repositories(List<Image> images) {
        Map<String, Map<String, String>> repositories = new TreeMap<>();
        for (Image image : images) {
            Digest top = image.layers().isEmpty()
                    ? image.config().id().digest()
                    : image.layers().getLast().diffId().digest();
            for (Reference reference : image.tags()) {
                if (reference.tag() != null) {
                    repositories
                            .computeIfAbsent(reference.familiarRepository(), name -> new TreeMap<>())
                            .put(reference.tag(), top.hex());
                }
            }
        }
        GoJson json = new GoJson();
        json.open('{');
        repositories.forEach(json::member);
        return json.close('}').bytes();
    }
}
