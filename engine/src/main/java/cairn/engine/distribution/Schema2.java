package cairn.engine.distribution;

import cairn.oci.Descriptor;
import cairn.oci.Manifest;
import cairn.oci.MediaTypes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * New manifests for what is pushed. Docker's schema 2, to the letter as dockerd writes it, so that an image has the same digest whichever of
 * the two pushes it; OCI's where a layer is compressed in a way that schema 2 has no name for.
 */
final class Schema2 {
    private Schema2() {}

    record Document(String mediaType, byte[] bytes) {}

    /** @param config its digest and size */
    static Document document(Descriptor config, List<Descriptor> layers) {
        if (layers.stream().anyMatch(layer -> layer.mediaType().equals(MediaTypes.OCI_LAYER_ZSTD))) {
            Manifest manifest = new Manifest(
                    MediaTypes.OCI_MANIFEST,
                    new Descriptor(MediaTypes.OCI_CONFIG, config.digest(), config.size()),
                    layers.stream()
                            .map(layer -> new Descriptor(oci(layer.mediaType()), layer.digest(), layer.size()))
                            .toList());
            return new Document(MediaTypes.OCI_MANIFEST, manifest.toJson());
        }
        List<String> lines = new ArrayList<>();
        for (Descriptor layer : layers) {
            lines.add("      {\n" + members(docker(layer.mediaType()), layer, "         ") + "      }");
        }
        String text = "{\n   \"schemaVersion\": 2,\n   \"mediaType\": \"" + MediaTypes.DOCKER_MANIFEST
                + "\",\n   \"config\": {\n" + members(MediaTypes.DOCKER_CONFIG, config, "      ")
                + "   },\n   \"layers\": "
                + (lines.isEmpty() ? "[]" : "[\n" + String.join(",\n", lines) + "\n   ]") + "\n}";
        return new Document(MediaTypes.DOCKER_MANIFEST, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String members(String mediaType, Descriptor blob, String indent) {
        return indent + "\"mediaType\": \"" + mediaType + "\",\n" + indent + "\"size\": " + blob.size() + ",\n" + indent
                + "\"digest\": \"" + blob.digest() + "\"\n";
    }

    private static String docker(String mediaType) {
        return switch (mediaType) {
            case MediaTypes.OCI_LAYER, MediaTypes.DOCKER_LAYER -> MediaTypes.DOCKER_LAYER;
            default -> MediaTypes.DOCKER_LAYER_GZIP;
        };
    }

    private static String oci(String mediaType) {
        return switch (mediaType) {
            case MediaTypes.OCI_LAYER, MediaTypes.DOCKER_LAYER -> MediaTypes.OCI_LAYER;
            case MediaTypes.OCI_LAYER_ZSTD -> MediaTypes.OCI_LAYER_ZSTD;
            default -> MediaTypes.OCI_LAYER_GZIP;
        };
    }
}
