package cairn.oci.archive;

import cairn.oci.Descriptor;
import cairn.oci.Digest;
import cairn.oci.ImageConfig;
import cairn.oci.Index;
import cairn.oci.InvalidReferenceException;
import cairn.oci.Manifest;
import cairn.oci.MediaTypes;
import cairn.oci.Platform;
import cairn.oci.Reference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An OCI image layout (OCI image spec, "Image Layout"). */
final class OciLayout {
    static final String INDEX = "index.json";
    static final String LAYOUT = "oci-layout";
    static final String CONTAINERD_NAME = "io.containerd.image.name";
    static final String REF_NAME = "org.opencontainers.image.ref.name";
    private static final String ATTESTATION = "vnd.docker.reference.type";
    private static final int MAX_DEPTH = 4;

    private final Spool spool;
    private final int max;
    private final Platform wanted;
    private final List<ImageArchive.Image> images = new ArrayList<>();

    private OciLayout(Spool spool, int max, Platform wanted) {
        this.spool = spool;
        this.max = max;
        this.wanted = wanted;
    }

    static List<ImageArchive.Image> images(Spool spool, int max, Platform wanted) throws IOException {
        OciLayout layout = new OciLayout(spool, max, wanted);
        Index index = Index.parse(spool.read(INDEX, Manifest.MAX_BYTES));
        for (Descriptor descriptor : index.manifests()) {
            layout.add(descriptor, tags(descriptor), 1);
        }
        if (layout.images.isEmpty()) {
            throw new ArchiveException("archive has no image");
        }
        return layout.images;
    }

    static String blob(Digest digest) {
        return "blobs/" + digest.algorithm() + "/" + digest.hex();
    }

    private void add(Descriptor descriptor, List<Reference> tags, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new ArchiveException("archive has indexes nested deeper than " + MAX_DEPTH);
        }
        if (MediaTypes.isIndex(descriptor.mediaType())) {
            List<Descriptor> there = new ArrayList<>();
            for (Descriptor nested : Index.parse(document(descriptor)).manifests()) {
                // Archives of one platform keep the index of all: what it names need not be there.
                if (spool.find(blob(nested.digest())) != null
                        && !nested.annotations().containsKey(ATTESTATION)) {
                    there.add(nested);
                }
            }
            for (Descriptor nested : chosen(there)) {
                add(nested, tags, depth + 1);
            }
        } else if (MediaTypes.isManifest(descriptor.mediaType())) {
            addImage(descriptor, tags);
        }
    }

    /** Of several platforms the wanted one; what is there alone is taken as it is, and so is what does not say. */
    private List<Descriptor> chosen(List<Descriptor> there) throws ArchiveException {
        if (there.size() <= 1 || there.stream().anyMatch(descriptor -> descriptor.platform() == null)) {
            return there;
        }
        List<String> platforms = new ArrayList<>();
        for (Descriptor descriptor : there) {
            Platform platform = Objects.requireNonNull(descriptor.platform());
            if (wanted.runs(platform)) {
                return List.of(descriptor);
            }
            platforms.add(platform.toString());
        }
        throw new ArchiveException("archive has its image for " + String.join(", ", platforms) + ", not for " + wanted);
    }

    private void addImage(Descriptor descriptor, List<Reference> tags) throws IOException {
        Manifest manifest = Manifest.parse(document(descriptor));
        if (!MediaTypes.isConfig(manifest.config().mediaType())) {
            // Some other artifact that happens to be packed like an image.
            return;
        }
        if (images.size() == max) {
            throw new ArchiveException("archive has more than " + max + " images");
        }
        document(manifest.config());
        List<String> layers = new ArrayList<>();
        for (Descriptor layer : manifest.layers()) {
            if (!MediaTypes.isLayer(layer.mediaType())) {
                throw new ArchiveException(
                        "layer " + layer.digest() + " has the unknown type " + Spool.quote(layer.mediaType()));
            }
            layers.add(blob(layer.digest()));
        }
        images.add(ImageArchive.image(spool, blob(manifest.config().digest()), layers, tags));
    }

    /** A blob that is a document, verified. */
    private byte[] document(Descriptor descriptor) throws IOException {
        int limit = MediaTypes.isConfig(descriptor.mediaType()) ? ImageConfig.MAX_BYTES : Manifest.MAX_BYTES;
        byte[] bytes = spool.read(blob(descriptor.digest()), limit);
        if (bytes.length != descriptor.size()) {
            throw new ArchiveException(
                    "blob " + descriptor.digest() + " has " + bytes.length + " bytes, not " + descriptor.size());
        }
        var computation = descriptor.digest().newComputation();
        computation.update(bytes);
        if (!descriptor.digest().matches(computation)) {
            throw new ArchiveException("blob " + descriptor.digest() + " has another digest");
        }
        return bytes;
    }

    private static List<Reference> tags(Descriptor descriptor) throws ArchiveException {
        String name = descriptor.annotations().get(CONTAINERD_NAME);
        String reference = descriptor.annotations().get(REF_NAME);
        if (name == null && reference != null && isName(reference)) {
            name = reference;
        }
        Reference tag = name == null ? null : tagged(name);
        return tag == null ? List.of() : List.of(tag);
    }

    /** Whether a reference name is a whole name: a tag alone names no repository. */
    private static boolean isName(String reference) {
        return reference.indexOf(':') >= 0 || reference.indexOf('/') >= 0;
    }

    private static @Nullable Reference tagged(String name) throws ArchiveException {
        try {
            Reference reference = Reference.parseNormalized(name).withDefaultTag();
            // A name with a digest alone is no tag.
            return reference.tag() == null
                    ? null
                    : new Reference(reference.domain(), reference.path(), reference.tag(), null);
        } catch (InvalidReferenceException e) {
            throw new ArchiveException("invalid image name " + Spool.quote(name) + ": " + e.getMessage(), e);
        }
    }
}
