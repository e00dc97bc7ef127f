package cairn.oci;

import cairn.oci.json.JsonObject;
import java.util.List;
import java.util.Set;

/** The two kinds of document that registries mix up on purpose or by accident (CVE-2021-41190). */
enum DocumentType {
    MANIFEST(
            "manifest",
            "layers",
            List.of("manifests", "fsLayers", "blobs"),
            MediaTypes.OCI_MANIFEST,
            MediaTypes.DOCKER_MANIFEST),
    INDEX(
            "index",
            "manifests",
            List.of("layers", "config", "fsLayers", "blobs"),
            MediaTypes.OCI_INDEX,
            MediaTypes.DOCKER_MANIFEST_LIST);

    /** The members of both. */
    static final Set<String> MEMBERS = Set.of(
            "schemaVersion",
            "mediaType",
            "artifactType",
            "config",
            "layers",
            "manifests",
            "subject",
            "annotations",
            "fsLayers",
            "blobs");

    private final String what;
    private final String content;

    @SuppressWarnings("ImmutableEnumChecker") // lists of constants
    private final List<String> foreign;

    private final String oci;
    private final String docker;

    DocumentType(String what, String content, List<String> foreign, String oci, String docker) {
        this.what = what;
        this.content = content;
        this.foreign = foreign;
        this.oci = oci;
        this.docker = docker;
    }

    /** The document's media type, OCI's where it names none; refuses what is not this kind of document or might also be the other. */
    String check(JsonObject document) throws InvalidDocumentException {
        if (document.integer("schemaVersion") != 2) {
            throw new InvalidDocumentException(what + " is not of schema version 2");
        }
        for (String member : foreign) {
            if (document.has(member)) {
                throw new InvalidDocumentException(what + " also has " + member);
            }
        }
        if (!document.has(content)) {
            throw new InvalidDocumentException(what + " has no " + content);
        }
        String mediaType = document.string("mediaType", oci);
        if (!mediaType.equals(oci) && !mediaType.equals(docker)) {
            throw new InvalidDocumentException(what + " says that its media type is " + mediaType);
        }
        return mediaType;
    }
}
