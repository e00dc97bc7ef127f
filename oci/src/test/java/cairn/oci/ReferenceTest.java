package cairn.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class ReferenceTest {
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    /** Where we differ from Docker's grammar on purpose: it takes these for repositories without any registry. */
    private static final Set<String> WITHOUT_REGISTRY = Set.of("foo_bar.com/x:1");

    /**
     * Each row: what is typed; {@code !} and the error, or the whole name and the familiar one; as distribution/reference 0.6 has it, but that
     * familiar names which would read back as another name are given in full here.
     */
    @Test
    void everyRowOfTheTableIsReadAsDockerReadsIt() throws IOException {
        List<String> wrong = new ArrayList<>();
        List<String> rows = rows();
        assertThat(rows).hasSizeGreaterThan(270);
        for (String row : rows) {
            String[] columns = row.split("\t", -1);
            String input = unescaped(columns[0]);
            if (WITHOUT_REGISTRY.contains(input)) {
                continue;
            }
            String actual;
            try {
                Reference reference = Reference.parseNormalized(input);
                actual = reference.canonical() + "\t" + reference.familiar();
                assertThat(Reference.parseNormalized(reference.familiar()))
                        .as(input)
                        .isEqualTo(reference);
                assertThat(Reference.parseNormalized(reference.canonical()))
                        .as(input)
                        .isEqualTo(reference);
            } catch (InvalidReferenceException e) {
                actual = "!\t" + e.getMessage();
            }
            if (!actual.equals(columns[1] + "\t" + columns[2])) {
                wrong.add(columns[0] + " -> " + actual + ", not " + columns[1] + "\t" + columns[2]);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void repositoryWithoutRegistryIsRefused() {
        assertThatThrownBy(() -> Reference.parseNormalized("foo_bar.com/x:1"))
                .isInstanceOf(InvalidReferenceException.class)
                .hasMessage("invalid reference format");
    }

    @Test
    void partsCanBeTakenAndChanged() {
        Reference reference = Reference.parseNormalized("busybox");
        assertThat(reference.domain()).isEqualTo("docker.io");
        assertThat(reference.path()).isEqualTo("library/busybox");
        assertThat(reference.isNameOnly()).isTrue();
        assertThat(reference.withDefaultTag().familiar()).isEqualTo("busybox:latest");
        assertThat(reference.withTag("1").withDefaultTag().canonical()).isEqualTo("docker.io/library/busybox:1");
        Reference pinned = reference.withDigest(Digest.parse(DIGEST));
        assertThat(pinned.withDefaultTag()).isEqualTo(pinned);
        assertThat(pinned.withTag("x")).hasToString("busybox:x@" + DIGEST);
        assertThat(pinned.withTag("x").withoutTagAndDigest()).isEqualTo(reference);
        assertThatThrownBy(() -> reference.withTag("a b")).isInstanceOf(InvalidReferenceException.class);
        assertThatThrownBy(() -> new Reference("a b", "c", null, null)).isInstanceOf(InvalidReferenceException.class);
    }

    @Test
    void familiarNameNeverLooksLikeAnotherRegistry() {
        Reference reference = new Reference("docker.io", "a.b/c", "1", null);
        assertThat(reference.familiar()).isEqualTo("docker.io/a.b/c:1");
        assertThat(Reference.parseNormalized(reference.familiar())).isEqualTo(reference);
    }

    @Test
    void longTextIsRefusedAtOnce() {
        for (String part : List.of("a", "a/", "a.", "a-", "a__", ":", "@", "[", "a:")) {
            String text = part.repeat(1_000_000);
            Assertions.assertTimeout(
                    Duration.ofSeconds(3),
                    () -> assertThatThrownBy(() -> Reference.parseNormalized(text))
                            .isInstanceOf(InvalidReferenceException.class));
            Assertions.assertTimeout(
                    Duration.ofSeconds(3),
                    () -> assertThatThrownBy(() -> Reference.parseNormalized("h.io:1/" + text + "!"))
                            .isInstanceOf(InvalidReferenceException.class));
        }
    }

    @Test
    void whateverIsReadReadsBackTheSame() {
        List<String> parts = List.of(
                "a",
                "b1",
                ".",
                "_",
                "__",
                "-",
                "/",
                ":",
                "@",
                "localhost",
                "docker.io",
                "library",
                "8080",
                "[::1]",
                "A",
                "@" + DIGEST);
        for (long seed = 0; seed < 5000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int left = random.nextInt(10); left > 0; left--) {
                text.append(parts.get(random.nextInt(parts.size())));
            }
            readsBackTheSame(text.toString());
        }
    }

    private static void readsBackTheSame(String text) {
        try {
            Reference reference = Reference.parseNormalized(text);
            assertThat(Reference.parseNormalized(reference.familiar())).as(text).isEqualTo(reference);
            assertThat(Reference.parseNormalized(reference.canonical()))
                    .as(text)
                    .isEqualTo(reference);
        } catch (InvalidReferenceException e) {
            assertThat(e).as(text).hasMessageMatching("(invalid|unsupported|repository name must) .*");
        }
    }

    private static List<String> rows() throws IOException {
        try (InputStream in = Objects.requireNonNull(ReferenceTest.class.getResourceAsStream("references.tsv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /** The text of a row, in which Go's escapes stand for what cannot be printed. */
    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escape = text.charAt(++i);
            int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : 0;
            out.append(
                    switch (escape) {
                        case 't' -> '\t';
                        case 'n' -> '\n';
                        case 'x', 'u' -> (char) Integer.parseInt(text, i + 1, i + 1 + digits, 16);
                        default -> escape;
                    });
            i += digits;
        }
        return out.toString();
    }
}
