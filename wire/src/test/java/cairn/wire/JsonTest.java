package cairn.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.wire.container.ContainerConfig;
import cairn.wire.container.ContainerConfigBuilder;
import cairn.wire.container.CreateContainerRequest;
import cairn.wire.container.HostConfig;
import cairn.wire.container.HostConfigBuilder;
import cairn.wire.network.EndpointSettings;
import cairn.wire.network.NetworkingConfig;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static <T> T read(Class<T> type, String json) {
        return Json.read(type, json.getBytes(UTF_8));
    }

    @Test
    void commandsTellMissingNullEmptyAndBareStringApart() {
        assertThat(read(ContainerConfig.class, "{}").cmd()).isNull();
        assertThat(read(ContainerConfig.class, "{\"Cmd\":null}").cmd()).isNull();
        assertThat(read(ContainerConfig.class, "{\"Cmd\":[]}").cmd()).isEmpty();
        assertThat(read(ContainerConfig.class, "{\"Cmd\":\"ls -l\"}").cmd()).containsExactly("ls -l");
        assertThat(read(ContainerConfig.class, "{\"Entrypoint\":[\"a\",null]}").entrypoint())
                .containsExactly("a", "");
    }

    /** An empty entry point resets the image's, so a builder must not make one of a field that nobody set. */
    @Test
    void aFreshBuilderMakesWhatAnEmptyDocumentMakes() {
        assertThat(ContainerConfigBuilder.builder().build()).isEqualTo(read(ContainerConfig.class, "{}"));
        assertThat(HostConfigBuilder.builder().build()).isEqualTo(read(HostConfig.class, "{}"));
    }

    @Test
    void nullsInsideListsAndMapsReachNobody() {
        NetworkingConfig config = read(NetworkingConfig.class, "{\"EndpointsConfig\":{\"net\":null}}");
        assertThat(config.endpointsConfig().get("net")).isEqualTo(read(EndpointSettings.class, "{}"));
        assertThat(read(ContainerConfig.class, "{\"Labels\":{\"a\":null}}").labels())
                .isEqualTo(Map.of("a", ""));
        assertThatThrownBy(() -> read(HostConfig.class, "{\"Mounts\":[null]}")).isInstanceOf(JsonException.class);
        assertThat(read(HostConfig.class, "{\"PortBindings\":{\"80/tcp\":null}}")
                        .portBindings())
                .containsKey("80/tcp");
    }

    @Test
    void mapsAreWrittenInTheOrderOfTheirKeys() {
        HostConfig host = HostConfigBuilder.builder()
                .sysctls(Map.of("c", "1", "a", "2", "b", "3"))
                .build();
        assertThat(Json.text(host)).contains("\"Sysctls\":{\"a\":\"2\",\"b\":\"3\",\"c\":\"1\"}");
    }

    @Test
    void namesMatchWithoutCaseAndUnknownOnesAreSkipped() {
        CreateContainerRequest request = read(
                CreateContainerRequest.class,
                "{\"image\":\"i\",\"hostconfig\":{\"autoremove\":true,\"X\":[{\"y\":[1]}]},\"Nonsense\":{\"Image\":\"no\"},\"Tty\":true}");
        assertThat(request.image()).isEqualTo("i");
        assertThat(request.tty()).isTrue();
        assertThat(request.hostConfig())
                .isNotNull()
                .extracting(HostConfig::autoRemove)
                .isEqualTo(true);
    }

    @Test
    void anInlineConfigurationSurvivesTheCreateRequest() {
        ContainerConfig config = ContainerConfigBuilder.builder()
                .image("i")
                .env(List.of("A=1"))
                .stopTimeout(0)
                .build();
        HostConfig host = HostConfigBuilder.builder().init(false).build();
        CreateContainerRequest sent = CreateContainerRequest.of(config, host, null);

        CreateContainerRequest received = Json.read(CreateContainerRequest.class, Json.write(sent));

        assertThat(received.config()).isEqualTo(config);
        assertThat(received.hostConfig()).isEqualTo(host);
        // zero behind a pointer is a value: Go keeps it
        assertThat(Json.text(sent)).contains("\"StopTimeout\":0", "\"Init\":false");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "{", "{}x", "{} {}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{a:1}", "[1,]", "[1 2]",
                        "\"a", "\"\\x\"",
                "\"\\u12g4\"", "\"\n\"", "01", "1.", "-", "+1", "1e", "tru", "nul", "NaN", "{\"a\":}", "]", "\u00ff"
            })
    void brokenDocumentsAreRefused(String json) {
        assertThatThrownBy(() -> Json.tree(json.getBytes(UTF_8))).isInstanceOf(JsonException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "null",
                "3",
                "{\"Hostname\":{}}",
                "{\"Tty\":\"yes\"}",
                "{\"StopTimeout\":99999999999}",
                "{\"StopTimeout\":1.5}",
                "{\"StopTimeout\":\"5\"}",
                "{\"StopTimeout\":1e300}",
                "{\"Env\":{}}"
            })
    void documentsOfAnotherShapeAreRefused(String json) {
        assertThatThrownBy(() -> read(ContainerConfig.class, json))
                .isInstanceOf(JsonException.class)
                .hasMessageStartingWith("JSON does not fit ContainerConfig");
    }

    @Test
    void towersAndGiantsAreRefused() {
        String tower = "{\"X\":" + "[".repeat(1_000_000);
        assertThatThrownBy(() -> read(ContainerConfig.class, tower)).hasMessageContaining("nested more than 64 deep");
        byte[] giant = new byte[1001];
        Arrays.fill(giant, (byte) ' ');
        assertThatThrownBy(() -> Json.read(ContainerConfig.class, new ByteArrayInputStream(giant), 1000))
                .hasMessage("JSON document is larger than 1000 bytes");
    }

    @Test
    void errorsNameThePlace() {
        assertThatThrownBy(() -> read(ContainerConfig.class, "{\"Tty\": yes}"))
                .hasMessage("invalid character 'y' where a value should be at offset 8");
    }

    @Test
    void aTreeKeepsOrderAndExactNumbers() {
        String json = "{\"b\":1,\"a\":[true,null,1.50,12345678901234567890,{\"\\u00e9\\n\":\"\\\\\"}]}";
        Object tree = Json.tree(json.getBytes(UTF_8));
        assertThat(tree)
                .isEqualTo(Map.of(
                        "b",
                        1L,
                        "a",
                        Arrays.asList(
                                true,
                                null,
                                new BigDecimal("1.50"),
                                new BigDecimal("12345678901234567890"),
                                Map.of("é\n", "\\"))));
        assertThat(((Map<?, ?>) tree).keySet().toString()).isEqualTo("[b, a]");
    }

    @Test
    void markupIsNotEscapedAndHalfPairsAreReplaced() {
        assertThat(Json.text("<a href=\"x\">&</a>\u0001\u2028/ \ud83d\ude00 \ud83d"))
                .isEqualTo("\"<a href=\\\"x\\\">&</a>\\u0001\u2028/ \ud83d\ude00 \ufffd\"");
    }

    @Test
    void whateverIsWrittenIsReadBack() {
        for (long seed = 0; seed < 500; seed++) {
            Object value = value(new Random(seed), 3);
            assertThat(Json.tree(Json.write(value))).as("seed %d", seed).isEqualTo(value);
        }
    }

    /** Labels, environments and commands of several hundred kilobytes are in use. */
    @Test
    void stringsMayBeAsLongAsTheDocument() {
        String text = "\u0001\"\\ü日\ud83d\ude00<&>/".repeat(60_000);
        ContainerConfig config = ContainerConfigBuilder.builder()
                .labels(Map.of("long", text))
                .env(List.of("LONG=" + text))
                .build();
        assertThat(Json.read(ContainerConfig.class, Json.write(config))).isEqualTo(config);
    }

    @Test
    void whatIsNotKnownIsSteppedOverWhateverItIs() {
        String unknown = "[{\"a\":[1,-2.5e3,true,false,null,\"]}\\\"\"]},[],{}]";
        assertThat(read(ContainerConfig.class, "{\"X\": " + unknown + " , \"Image\" : \"i\",\"Y\":" + unknown + "}")
                        .image())
                .isEqualTo("i");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"Image\":1}",
                "{\"Image\":{}}",
                "{\"Tty\":\"true\"}",
                "{\"Env\":{}}",
                "{\"Labels\":[]}",
                "{\"StopTimeout\":\"1\"}",
                "[]",
                "1"
            })
    void valuesOfAnotherTypeAreRefused(String json) {
        assertThatThrownBy(() -> read(ContainerConfig.class, json))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("JSON does not fit ContainerConfig: expected ");
    }

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 3 : 5)) {
            case 0 -> text(random);
            case 1 -> random.nextLong() >> random.nextInt(64);
            case 2 -> random.nextBoolean();
            case 3 ->
                Stream.generate(() -> value(random, depth - 1))
                        .limit(random.nextInt(5))
                        .toList();
            default -> {
                Map<String, Object> map = new HashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(text(random), value(random, depth - 1));
                }
                yield map;
            }
        };
    }

    /** Any characters, but no half of a pair. */
    private static String text(Random random) {
        return random.ints(0, random.nextBoolean() ? 0x80 : 0x11_0000)
                .filter(c -> c < 0xd800 || c > 0xdfff)
                .limit(random.nextInt(30))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
