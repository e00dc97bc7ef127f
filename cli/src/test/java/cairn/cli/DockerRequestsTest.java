package cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The oracle is Docker's own client 28.2 against a daemon that answers with as little as it can. Each line of the table is a command
 * line, the requests that it made, its status, its output, its errors, and the files of its configuration if it has changed them.
 * Lines that begin with {@code @helper} had a configuration with credential helpers.
 */
class DockerRequestsTest {
    /** Where a helper cannot be asked, Docker says nothing and counts its calls wrongly; we say why. */
    private static final Set<String> SAID_AND_NOT_KEPT_QUIET =
            Set.of("@helper push broken.example/a", "@helper logout broken.example", "@helper logout missing.example");

    @TempDir
    Path directory;

    static Stream<String[]> lines() throws IOException {
        try (InputStream in = DockerRequestsTest.class.getResourceAsStream("docker-requests.tsv")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().map(line -> line.split("\t", -1)).toList().stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void isWhatDockersClientDoes(
            String line, String requests, String status, String out, String err, String configuration)
            throws IOException, URISyntaxException {
        boolean helper = line.startsWith("@helper ");
        Path config = configuration(helper ? "helper" : "file");
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.keySet().removeIf(name -> name.startsWith("DOCKER_") || name.startsWith("CAIRN_"));
        environment.put("DOCKER_CONFIG", config.toString());
        environment.put("PATH", program().getParent() + ":" + System.getenv("PATH"));
        Map<String, Object> before = files(config);

        RecordingDaemon daemon = new RecordingDaemon(directory);
        String[] words = words(helper ? line.substring(8) : line);
        RecordingDaemon.Result result = daemon.cairn(environment, words);

        // Docker's client does not ask where an image has come from, and sends no credentials for there.
        daemon.calls.removeIf(call -> List.of(words).contains("push") && "GET".equals(call.get("method")));
        assertThat(plain(daemon.calls)).isEqualTo(plain(json(requests)));
        assertThat(result.out().replace(config.toString(), "CONFIG")).isEqualTo(text(out));
        if (SAID_AND_NOT_KEPT_QUIET.contains(line)) {
            assertThat(result.err()).startsWith("WARNING: ").contains("credentials - err: ");
        } else {
            assertThat(result.err().replace(config.toString(), "CONFIG")).isEqualTo(text(err));
            assertThat(result.status()).isEqualTo(Integer.parseInt(status));
        }
        Map<?, ?> changed = (Map<?, ?>) json(configuration);
        Map<String, Object> expected = new TreeMap<>();
        changed.forEach((name, content) ->
                expected.put((String) name, name.equals("config.json") ? json((String) content) : content));
        Map<String, Object> after = files(config);
        // Docker's client asks a helper more often than it needs to.
        expected.remove("calls");
        after.remove("calls");
        assertThat(after).isEqualTo(changed.isEmpty() ? before : expected);
    }

    private Path configuration(String which) throws IOException, URISyntaxException {
        Path from =
                Path.of(DockerRequestsTest.class.getResource("config/" + which).toURI());
        Path to = Files.createDirectory(directory.resolve("config"));
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    private static Path program() throws URISyntaxException {
        Path program = Path.of(DockerRequestsTest.class
                .getResource("registry/docker-credential-fake")
                .toURI());
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }

    private static Map<String, Object> files(Path directory) throws IOException {
        Map<String, Object> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String content = Files.readString(file);
                String name = file.getFileName().toString();
                contents.put(name, name.equals("config.json") ? json(content) : content);
            }
        }
        return contents;
    }

    private static Object json(String text) {
        return Json.tree(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String quoted) {
        // The program's own name, but not Docker's: in addresses, in texts that end with a full stop.
        return ((String) json(quoted)).replaceAll("\\bdocker(?=: | [a-z'])", "cairn");
    }

    /** Without parameters that say nothing, and with those that are JSON as data: the order of members means nothing. */
    private static List<Object> plain(Object calls) {
        List<Object> plain = new ArrayList<>();
        for (Object call : (List<?>) calls) {
            Map<Object, Object> kept = new HashMap<>((Map<?, ?>) call);
            Map<Object, Object> query = new HashMap<>();
            ((Map<?, ?>) kept.get("query")).forEach((name, values) -> {
                List<Object> read = new ArrayList<>();
                for (Object value : (List<?>) values) {
                    String text = (String) value;
                    if (!text.isEmpty()) {
                        read.add(text.startsWith("{") ? json(text) : text);
                    }
                }
                if (!read.isEmpty()) {
                    query.put(name, read);
                }
            });
            kept.put("query", query);
            plain.add(kept);
        }
        return plain;
    }

    /** As a shell splits it. */
    private static String[] words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean any = false;
        boolean quoted = false;
        for (char c : (line + " ").toCharArray()) {
            if (c == '\'') {
                quoted = !quoted;
                any = true;
            } else if (c != ' ' || quoted) {
                word.append(c);
                any = true;
            } else if (any) {
                words.add(word.toString());
                word.setLength(0);
                any = false;
            }
        }
        return words.toArray(String[]::new);
    }
}
