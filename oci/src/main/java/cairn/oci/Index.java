package cairn.oci;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A list of manifests, most often one for each platform (Docker manifest list or OCI image index). */
public record Index(
        String mediaType,
        List<Descriptor> manifests,
        Map<String, String> annotations,
        @Nullable Descriptor subject,
        @Nullable String artifactType) {
    /** The most manifests that an index may list. */
    public static final int MAX_MANIFESTS = 10_000;

    public Index {
        manifests = List.copyOf(manifests);
        annotations = Map.copyOf(annotations);
    }

    public Index(String mediaType, List<Descriptor> manifests) {
        this(mediaType, manifests, Map.of(), null, null);
    }

    /**
     * Reads an index of at most {@link Manifest#MAX_BYTES}.
     *
     * @throws InvalidDocumentException where it is none, is also a manifest, names a member twice or is over a limit
     */
    public static Index parse(byte[] json) throws InvalidDocumentException {
        return cairn.oci.Todo.todo();
    }

    /** The document; the same bytes for equal indexes. */
    public byte[] toJson() {
        return cairn.oci.Todo.todo();
    }
}
