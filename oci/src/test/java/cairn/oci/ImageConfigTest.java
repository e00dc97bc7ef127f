package cairn.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageConfigTest {
    private static final String A = "sha256:" + "0123456789abcdef".repeat(4);

    private static final String CONFIG = """
            { "architecture": "arm64", "variant": "v8", "os": "linux", "unknown": {"kept": [1.5e3, "in the bytes"]},
              "created": "2024-01-02T03:04:05.123456789+02:00", "author": "somebody", "docker_version": "20.10.24", "container": "c0ffee",
              "config": {"User": "1000:1000", "ExposedPorts": {"80/tcp": {}, "53/udp": {}}, "Env": ["PATH=/bin", "A=b=c"], "Entrypoint": ["/init"],
                "Cmd": [], "Volumes": {"/data": {}}, "WorkingDir": "/srv", "Labels": {"z": "1", "a": ""}, "StopSignal": "SIGQUIT",
                "Shell": ["/bin/bash", "-c"], "OnBuild": null, "ArgsEscaped": true,
                "Healthcheck": {"Test": ["CMD", "true"], "Interval": 30000000000, "Retries": 3}},
              "history": [{"created": "2024-01-01T00:00:00Z", "created_by": "/bin/sh -c #(nop) ADD file"},
                {"created_by": "CMD [\\"sh\\"]", "empty_layer": true, "comment": "c", "author": "a"}],
              "rootfs": {"type": "layers", "diff_ids": ["%s"]}}
            """.formatted(A);

    @Test
    void everythingInAConfigIsRead() throws InvalidDocumentException {
        ImageConfig image = ImageConfig.parse(CONFIG.getBytes(StandardCharsets.UTF_8));
        assertThat(image.id()).isEqualTo(new ImageId(Digest.sha256(CONFIG.getBytes(StandardCharsets.UTF_8))));
        assertThat(image.bytes()).isEqualTo(CONFIG.getBytes(StandardCharsets.UTF_8));
        assertThat(image.platform()).hasToString("linux/arm64/v8");
        assertThat(image.diffIds()).containsExactly(DiffId.parse(A));
        ImageConfig.Content content = image.content();
        assertThat(content.created()).isEqualTo(Instant.parse("2024-01-02T01:04:05.123456789Z"));
        assertThat(content.author()).isEqualTo("somebody");
        assertThat(content.dockerVersion()).isEqualTo("20.10.24");
        assertThat(content.container()).isEqualTo("c0ffee");
        assertThat(content.history())
                .containsExactly(
                        new ImageConfig.History(
                                Instant.parse("2024-01-01T00:00:00Z"), "/bin/sh -c #(nop) ADD file", null, null, false),
                        new ImageConfig.History(null, "CMD [\"sh\"]", "a", "c", true));
        RunConfig config = image.config();
        assertThat(config.user()).isEqualTo("1000:1000");
        assertThat(config.exposedPorts()).containsExactly("80/tcp", "53/udp");
        assertThat(config.env()).containsExactly("PATH=/bin", "A=b=c");
        assertThat(config.entrypoint()).containsExactly("/init");
        assertThat(config.volumes()).containsExactly("/data");
        assertThat(config.workingDir()).isEqualTo("/srv");
        assertThat(config.labels()).containsExactly(Map.entry("z", "1"), Map.entry("a", ""));
        assertThat(config.stopSignal()).isEqualTo("SIGQUIT");
        assertThat(config.shell()).containsExactly("/bin/bash", "-c");
        assertThat(config.argsEscaped()).isTrue();
        assertThat(config.healthcheck())
                .isEqualTo(new Healthcheck(
                        List.of("CMD", "true"),
                        Duration.ofSeconds(30),
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        3));
    }

    @Test
    void nullAndEmptyListsAreToldApart() throws InvalidDocumentException {
        RunConfig config =
                ImageConfig.parse(CONFIG.getBytes(StandardCharsets.UTF_8)).config();
        assertThat(config.cmd()).isNotNull().isEmpty();
        assertThat(config.onBuild()).isNull();
        assertThat(minimal("\"config\": {\"Cmd\": null, \"Env\": []}").config().cmd())
                .isNull();
        assertThat(minimal("\"config\": {\"Cmd\": null, \"Env\": []}").config().env())
                .isEmpty();
    }

    @Test
    void whatIsMissingHasItsDefault() throws InvalidDocumentException {
        ImageConfig image = minimal("\"x\": 1");
        assertThat(image.config()).isEqualTo(RunConfig.empty());
        assertThat(image.content().config()).isNull();
        assertThat(image.content().created()).isNull();
        assertThat(image.diffIds()).isEmpty();
        assertThat(image.platform().os()).isEqualTo("linux");
    }

    @Test
    void commandMayBeOneString() throws InvalidDocumentException {
        assertThat(minimal("\"config\": {\"Cmd\": \"sh\"}").config().cmd()).containsExactly("sh");
    }

    /** Members in the order in which dockerd 20.10 writes them: sorted at the top, Go's structs below. */
    @Test
    void newConfigIsWrittenAsDockerWritesIt() throws InvalidDocumentException {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("b", "2");
        labels.put("a", "1");
        RunConfig run = new RunConfig(
                "",
                Set.of("80/tcp"),
                List.of("A=<&>"),
                null,
                List.of("sh"),
                null,
                "",
                labels,
                null,
                null,
                null,
                false,
                null);
        ImageConfig image = ImageConfig.create(new ImageConfig.Content(
                Instant.parse("2024-01-02T03:04:05.120Z"),
                null,
                "amd64",
                null,
                "linux",
                null,
                run,
                RunConfig.empty(),
                List.of(DiffId.parse(A)),
                List.of(new ImageConfig.History(
                        Instant.parse("2024-01-02T03:04:05Z"), null, null, "Imported from -", false)),
                "Imported from -",
                "20.10.24",
                null,
                null));
        String empty =
                "{\"Hostname\":\"\",\"Domainname\":\"\",\"User\":\"\",\"AttachStdin\":false,\"AttachStdout\":false,\"AttachStderr\":false,"
                        + "\"Tty\":false,\"OpenStdin\":false,\"StdinOnce\":false,\"Env\":null,\"Cmd\":null,\"Image\":\"\",\"Volumes\":null,"
                        + "\"WorkingDir\":\"\",\"Entrypoint\":null,\"OnBuild\":null,\"Labels\":null}";
        String config =
                "{\"Hostname\":\"\",\"Domainname\":\"\",\"User\":\"\",\"AttachStdin\":false,\"AttachStdout\":false,\"AttachStderr\":false,"
                        + "\"ExposedPorts\":{\"80/tcp\":{}},\"Tty\":false,\"OpenStdin\":false,\"StdinOnce\":false,\"Env\":[\"A=\\u003c\\u0026\\u003e\"],"
                        + "\"Cmd\":[\"sh\"],\"Image\":\"\",\"Volumes\":null,\"WorkingDir\":\"\",\"Entrypoint\":null,\"OnBuild\":null,"
                        + "\"Labels\":{\"a\":\"1\",\"b\":\"2\"}}";
        assertThat(new String(image.bytes(), StandardCharsets.UTF_8))
                .isEqualTo("{\"architecture\":\"amd64\",\"comment\":\"Imported from -\",\"config\":" + config
                        + ",\"container_config\":" + empty
                        + ",\"created\":\"2024-01-02T03:04:05.12Z\",\"docker_version\":\"20.10.24\",\"history\":[{\"created\":"
                        + "\"2024-01-02T03:04:05Z\",\"comment\":\"Imported from -\"}],\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\","
                        + "\"diff_ids\":[\"" + A + "\"]}}");
        assertThat(ImageConfig.parse(image.bytes()).content()).isEqualTo(image.content());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{} {}",
                "{\"rootfs\":null}",
                "{\"architecture\":\"amd64\"}",
                "\ufeff{\"rootfs\":{\"type\":\"layers\"}}",
                "{\"rootfs\":{\"type\":\"layers\"}}x",
                "{\"rootfs\":{\"type\":\"layers\"},}",
                "{\"rootfs\":{\"type\":\"layers\"},\"rootfs\":{\"type\":\"layers\"}}",
                "{\"rootfs\":{\"type\":\"layers\"},\"RootFS\":{\"type\":\"layers\"}}",
                "{\"rootfs\":{\"type\":\"layers\"},\"a\":{\"x\":1,\"\\u0078\":2}}",
                "{\"rootfs\":{\"type\":\"windows\"}}",
                "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:abc\"]}}",
                "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[1]}}",
                "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":\"x\"}}",
                "{\"rootfs\":{\"type\":\"layers\"},\"created\":\"yesterday\"}",
                "{\"rootfs\":{\"type\":\"layers\"},\"created\":5}",
                "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Env\":[1]}}",
                "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Env\":\"A=b\"}}",
                "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"env\":[]}}",
                "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Healthcheck\":{\"Retries\":1e99}}}",
                "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Healthcheck\":{\"Interval\":1e999999999}}}",
                "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Healthcheck\":{\"Interval\":0.5}}}",
                "{\"rootfs\":{\"type\":\"layers\"},\"history\":[[]]}",
                "{\"rootfs\":{\"type\":\"layers\"},\"author\":\"a\nb\"}",
                "{\"rootfs\":{\"type\":\"layers\"},\"author\":\"a\\x\"}",
                "{\"rootfs\":{\"type\":\"layers\"},\"author\":\"a",
                "{\"rootfs\":{\"type\":\"layers\"},\"author\":\"a\\",
                "{\"rootfs\":{\"type\":\"layers\"},\"x\":01}",
                "{\"rootfs\":{\"type\":\"layers\"},\"x\":+1}",
                "{\"rootfs\":{\"type\":\"layers\"},\"x\":1.}",
                "{\"rootfs\":{\"type\":\"layers\"},\"x\":1e99999999999}",
                "{\"rootfs\":{\"type\":\"layers\"},\"x\":NaN}",
                "{\"rootfs\":{\"type\":\"layers\"},\"x\":nul}",
                "{\"rootfs\":{\"type\":\"layers\"},\"x\":[1,]}",
                "{\"rootfs\":{\"type\":\"layers\"},\"x\":[1 2]}",
                "{\"rootfs\":{\"type\":\"layers\"} \"x\":1}",
                "{\"rootfs\":{\"type\":\"layers\"},/**/\"x\":1}"
            })
    void brokenConfigIsRefused(String json) {
        assertThatThrownBy(() -> ImageConfig.parse(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InvalidDocumentException.class);
    }

    @Test
    void sizeAndDepthAreLimited() {
        assertThatThrownBy(() -> ImageConfig.parse(new byte[ImageConfig.MAX_BYTES + 1]))
                .isInstanceOf(InvalidDocumentException.class)
                .hasMessage("image config is larger than 8388608 bytes");
        assertThatThrownBy(() -> minimal("\"x\":" + "[".repeat(100_000))).hasMessageContaining("nested deeper than 64");
        assertThatThrownBy(() -> minimal("\"x\":[" + "0,".repeat(600_000) + "0]"))
                .hasMessageContaining("more than 500000 JSON values");
    }

    @Test
    void stringsAreDecodedAsGoDecodesThem() throws InvalidDocumentException {
        assertThat(minimal("\"author\": \"\\u00e9\\ud83d\\ude00é😀\\n\\/\\\"\\ud800\\u0041\\udc00\"")
                        .content()
                        .author())
                .isEqualTo("é😀é😀\n/\"\ufffdA\ufffd");
        byte[] latin1 = "{\"rootfs\":{\"type\":\"layers\"},\"author\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> ImageConfig.parse(latin1)).hasMessage("image config is not UTF-8");
    }

    @Test
    void longStringsAreNoProblem() throws InvalidDocumentException {
        assertThat(minimal("\"author\": \"" + "a".repeat(400_000) + "\"")
                        .content()
                        .author())
                .hasSize(400_000);
    }

    @Test
    void mutatedConfigsNeverFailInAnyOtherWay() {
        byte[] config = CONFIG.getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            byte[] mutated = config.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                mutated[random.nextInt(mutated.length)] = (byte)
                        (random.nextInt(3) == 0 ? random.nextInt(256) : "{}[]\",:0e\\u-tfn".charAt(random.nextInt(15)));
            }
            try {
                ImageConfig.parse(mutated);
            } catch (InvalidDocumentException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(500, 4_999);
    }

    private static ImageConfig minimal(String member) throws InvalidDocumentException {
        return ImageConfig.parse(
                ("{\"rootfs\":{\"type\":\"layers\"}," + member + "}").getBytes(StandardCharsets.UTF_8));
    }
}
