package cairn.oci;

import cairn.oci.json.GoJson;
import cairn.oci.json.JsonObject;
import cairn.oci.json.JsonText;
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
        JsonObject document = JsonText.object("manifest", json, MAX_BYTES).knowing(DocumentType.MEMBERS);
        String mediaType = DocumentType.MANIFEST.check(document);
        Descriptor config = Descriptor.from(document, "config");
        if (config == null) {
            throw document.wrong("config", "there");
        }
        Map<String, String> annotations = document.stringMap("annotations");
        return new Manifest(
                mediaType,
                config,
                Descriptor.list(document, "layers", MAX_LAYERS),
                annotations == null ? Map.of() : annotations,
                Descriptor.from(document, "subject"),
                document.string("artifactType"));
    }

    /** The document; the same bytes for equal manifests. */
    public byte[] toJson() {
        GoJson json = new GoJson();
        json.open('{').member("schemaVersion", 2).member("mediaType", mediaType);
        json.optional("artifactType", artifactType);
        config.write(json.name("config"));
        json.name("layers").open('[');
        layers.forEach(layer -> layer.write(json));
        json.close(']');
        if (subject != null) {
            subject.write(json.name("subject"));
        }
        if (!annotations.isEmpty()) {
            json.member("annotations", annotations);
        }
        return json.close('}').bytes();
    }
}
