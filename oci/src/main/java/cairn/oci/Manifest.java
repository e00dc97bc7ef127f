package cairn.oci;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of one image: its config and its layers, lowest first (Docker schema 2 or OCI image manifest). */
public record Manifest(
        String mediaType,
        Descriptor config,
        List<Descriptor> layers,
        Map<String, String> annotations,
        @Nullable Descriptor subject,
        @Nullable String artifactType) {
    /** The largest manifest that is read, 4 MiB. */
    public static final int MAX_BYTES = 4 << 20;
    /** The most layers that a manifest may list. */
    public static final int MAX_LAYERS = 500;

    public Manifest {
        layers = List.copyOf(layers);
        annotations = Map.copyOf(annotations);
    }

    public Manifest(String mediaType, Descriptor config, List<Descriptor> layers) {
        this(mediaType, config, layers, Map.of(), null, null);
    }

    /**
     * Reads a manifest.
     *
     * @throws InvalidDocumentException where it is none, is also an index, names a member twice or is over a limit
     */
    public static Manifest parse(byte[] json) throws InvalidDocumentException {
        return cairn.oci.Todo.todo();
    }

    /** The document; the same bytes for equal manifests. */
    public byte[] toJson() {
        return cairn.oci.Todo.todo();
    }
}
