package cairn.oci.archive;

import cairn.oci.InvalidReferenceException;
import cairn.oci.Manifest;
import cairn.oci.Reference;
import cairn.oci.json.JsonObject;
import cairn.oci.json.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The {@code manifest.json} of {@code docker save}. */
final class DockerLayout {
    static final String MANIFEST = "manifest.json";
    private static final int MAX_BYTES = 16 << 20;
    private static final Set<String> MEMBERS = Set.of("Config", "RepoTags", "Layers", "Parent", "LayerSources");

    private DockerLayout() {}

    static List<ImageArchive.Image> images(Spool spool, int max) throws IOException {
        List<JsonObject> entries = JsonText.objects(MANIFEST, spool.read(MANIFEST, MAX_BYTES), MAX_BYTES);
        if (entries.size() > max) {
            throw new ArchiveException("archive has more than " + max + " images");
        }
        List<ImageArchive.Image> images = new ArrayList<>();
        for (JsonObject entry : entries) {
            entry.knowing(MEMBERS);
            List<String> layers = entry.strings("Layers");
            if (layers != null && layers.size() > Manifest.MAX_LAYERS) {
                throw entry.wrong("Layers", "a list of at most " + Manifest.MAX_LAYERS);
            }
            String config = entry.string("Config", "");
            images.add(ImageArchive.image(spool, config, layers == null ? List.of() : layers, tags(entry)));
        }
        return images;
    }

    private static List<Reference> tags(JsonObject entry) throws IOException {
        List<Reference> tags = new ArrayList<>();
        List<String> texts = entry.strings("RepoTags");
        for (String text : texts == null ? List.<String>of() : texts) {
            try {
                Reference tag = Reference.parseNormalized(text);
                if (tag.tag() == null || tag.digest() != null) {
                    throw new ArchiveException("invalid tag " + Spool.quote(text));
                }
                tags.add(tag);
            } catch (InvalidReferenceException e) {
                throw new ArchiveException("invalid tag " + Spool.quote(text) + ": " + e.getMessage(), e);
            }
        }
        return tags;
    }
}
