package cairn.oci;

import cairn.oci.json.GoJson;
import cairn.oci.json.JsonObject;
import cairn.oci.json.JsonText;
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
        JsonObject document = JsonText.object("index", json, Manifest.MAX_BYTES).knowing(DocumentType.MEMBERS);
        String mediaType = DocumentType.INDEX.check(document);
        Map<String, String> annotations = document.stringMap("annotations");
        return new Index(
                mediaType,
                Descriptor.list(document, "manifests", MAX_MANIFESTS),
                annotations == null ? Map.of() : annotations,
                Descriptor.from(document, "subject"),
                document.string("artifactType"));
    }

    /** The document; the same bytes for equal indexes. */
    public byte[] toJson() {
        GoJson json = new GoJson();
        json.open('{').member("schemaVersion", 2).member("mediaType", mediaType);
        json.optional("artifactType", artifactType);
        json.name("manifests").open('[');
        manifests.forEach(manifest -> manifest.write(json));
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
