package cairn.oci;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.hostile.Fuzzing;
import cairn.hostile.ImageParts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Documents and names with mutated input: read or refused as declared, and what was read is written and read again. */
class DocumentFuzzTest {
    private static final String[] WORDS = {
        "\"mediaType\":",
        "\"layers\":[",
        "\"manifests\":[",
        "\"config\":{",
        "{",
        "}",
        "[",
        "]",
        "\"",
        ",",
        "\\u0000",
        "\\ud800",
        "1e99",
        "null",
        "\"digest\":\"sha256:",
        "\"size\":",
        "\"annotations\":{",
        "\"platform\":{",
        "\ufeff",
        "\"created\":\"",
        "-0",
        "true"
    };

    private static final String CONFIG = ImageParts.descriptor("application/vnd.oci.image.config.v1+json", new byte[1]);
    private static final String LAYER = ImageParts.descriptor(
            "application/vnd.oci.image.layer.v1.tar+gzip",
            "sha256:" + "a".repeat(64),
            5,
            ",\"annotations\":{\"a\":\"b\"},\"urls\":[\"http://x/\"],\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\",\"os.features\":[\"x\"]}");

    @Test
    void manifestIsReadOrRefused() {
        new Fuzzing("manifests", List.of(ImageParts.bytes(ImageParts.manifest(CONFIG, LAYER, LAYER))), WORDS)
                .run(input -> {
                    try {
                        Manifest manifest = Manifest.parse(input);
                        assertThat(Manifest.parse(manifest.toJson())).isEqualTo(manifest);
                    } catch (InvalidDocumentException e) {
                        // Refused.
                    }
                });
    }

    @Test
    void indexIsReadOrRefused() {
        new Fuzzing("indexes", List.of(ImageParts.bytes(ImageParts.index(LAYER, CONFIG))), WORDS).run(input -> {
            try {
                Index index = Index.parse(input);
                assertThat(Index.parse(index.toJson())).isEqualTo(index);
            } catch (InvalidDocumentException e) {
                // Refused.
            }
        });
    }

    @Test
    void configIsReadOrRefused() {
        String full = ImageParts.config(new byte[1])
                .replace(
                        "\"Cmd\"",
                        "\"Env\":[\"A=b\"],\"ExposedPorts\":{\"80/tcp\":{}},\"Volumes\":{\"/v\":{}},"
                                + "\"Labels\":{\"l\":\"m\"},\"Healthcheck\":{\"Test\":[\"CMD\"],\"Interval\":5,\"Retries\":3},\"Cmd\"")
                .replace(
                        "{\"architecture\"",
                        "{\"created\":\"2026-01-02T03:04:05.678Z\",\"history\":[{\"created_by\":\"x\",\"empty_layer\":true}],\"architecture\"");
        new Fuzzing("configs", List.of(ImageParts.bytes(full)), WORDS).run(input -> {
            try {
                ImageConfig config = ImageConfig.parse(input);
                assertThat(config.bytes()).isEqualTo(input);
                ImageConfig.Content content = config.content();
                assertThat(ImageConfig.parse(ImageConfig.create(content).bytes())
                                .diffIds())
                        .isEqualTo(config.diffIds());
            } catch (InvalidDocumentException e) {
                // Refused.
            }
        });
    }

    @Test
    void referenceIsReadOrRefused() {
        List<byte[]> seeds = new ArrayList<>();
        for (String text : List.of(
                "busybox",
                "busybox:latest",
                "localhost:5000/a/b:1",
                "[::1]:5000/x",
                "docker.io/library/x",
                "a.b/c@sha256:" + "0".repeat(64),
                "x_y__z-a.b/c:T_1.2-3",
                "index.docker.io/x")) {
            seeds.add(text.getBytes(StandardCharsets.UTF_8));
        }
        new Fuzzing(
                        "references",
                        seeds,
                        "/",
                        ":",
                        "@",
                        "sha256:",
                        ".",
                        "--",
                        "__",
                        "library/",
                        "docker.io/",
                        "localhost",
                        "[::1]",
                        "A")
                .run(input -> {
                    try {
                        Reference reference = Reference.parseNormalized(new String(input, StandardCharsets.UTF_8));
                        assertThat(Reference.parseNormalized(reference.familiar()))
                                .isEqualTo(reference);
                        assertThat(Reference.parseNormalized(reference.canonical()))
                                .isEqualTo(reference);
                    } catch (InvalidReferenceException e) {
                        // Refused.
                    }
                });
    }
}
