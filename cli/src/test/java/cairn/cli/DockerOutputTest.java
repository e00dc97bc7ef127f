package cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The oracle is what Docker's own client 28.2 prints for the same answer of a daemon. */
class DockerOutputTest {
    @TempDir
    Path directory;

    private RecordingDaemon.Result cairn(String path, String answer, String... words) throws IOException {
        RecordingDaemon daemon = new RecordingDaemon(directory);
        daemon.answers.put(path, answer);
        return daemon.cairn(Map.of("DOCKER_CONFIG", directory.toString(), "TZ", "UTC"), words);
    }

    private static String text(String name) throws IOException {
        try (InputStream in = DockerOutputTest.class.getResourceAsStream("verb/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Years go by. */
    private static String timeless(String text) {
        return text.replaceAll("[0-9]+ years ago", "N years ago");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/system/df|df.json|df.txt|system df",
                "/system/df|df.json|df-verbose.txt|system df -v",
                "/images/search|search.json|search.txt|search busy",
                "/images/search|search.json|search-full.txt|search --no-trunc busy",
                "/containers/web/changes|changes.json|changes.txt|diff web",
                "/images/prune|images-prune.json|images-prune.txt|image prune -f",
                "/containers/prune|containers-prune.json|containers-prune.txt|container prune -f",
            })
    void looksAsInDocker(String path, String answer, String expected, String words) throws IOException {
        RecordingDaemon.Result result = cairn(path, text(answer), words.split(" ", -1));
        assertThat(timeless(result.out())).isEqualTo(timeless(text(expected)));
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/system/df|df.json|df.jsonl|system df --format json",
                "/system/df|df.json|df-verbose.jsonl|system df -v --format json",
                "/images/search|search.json|search.jsonl|search --format json busy",
            })
    void isTheSameJson(String path, String answer, String expected, String words) throws IOException {
        // What an image's platform is our rows do not have, when it was last used Docker's do not.
        String docker = text(expected).replace("\"Platform\":null,", "");
        String ours = cairn(path, text(answer), words.split(" ", -1)).out().replace("\"LastUsed\":\"N/A\",", "");
        assertThat(timeless(ours)).isEqualTo(timeless(docker));
    }

    @Test
    void aTemplateSeesAllPartsOfTheDiskUsage() throws IOException {
        String template = "{{range .Images}}{{.ID}} {{.UniqueSize}}{{println}}{{end}}"
                + "{{range .Volumes}}{{.Name}} {{.Links}}\\n{{end}}";
        assertThat(cairn("/system/df", text("df.json"), "system", "df", "-v", "--format", template)
                        .out())
                .isEqualTo(text("df-template.txt"));
    }

    @Test
    void aPruneAsksFirstAndTakesOnlyAYesForOne() throws IOException {
        for (String answer : new String[] {"", "n\n", "yes\n", "y", "Y\n"}) {
            RecordingDaemon daemon = new RecordingDaemon(directory);
            RecordingDaemon.Result result =
                    daemon.told(Map.of("DOCKER_CONFIG", directory.toString()), answer, "image", "prune", "-a");
            assertThat(daemon.calls).hasSize(answer.strip().equalsIgnoreCase("y") ? 1 : 0);
            assertThat(result.out()).startsWith("WARNING! This will remove all images without at least one container");
            assertThat(result.status()).isZero();
        }
    }
}
