package cairn.cli.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shells themselves complete; {@code cairn} is a shell function that knows two containers and an image. */
class CompletionTest {
    @TempDir
    Path directory;

    private String shell(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cairn im|image images import",
                "cairn image h|history",
                "cairn image in|inspect",
                "cairn run --detach|--detach-keys --detach",
                "cairn ps --no|--no-trunc",
                "cairn stop w|web1 web2",
                "cairn container stop web1 w|web1 web2",
                "cairn rmi b|busybox:latest",
                "cairn inspect b|busybox:latest",
                "cairn completion z|zsh",
                "cairn container ls --fo|--format",
            })
    void bashCompletes(String line, String expected) throws IOException, InterruptedException {
        Path script = Files.writeString(directory.resolve("cairn.bash"), Bash.script());
        String test = """
                cairn() { case $1 in ps) echo web1; echo web2 ;; images) echo busybox:latest; echo '<none>:<none>' ;; esac; }
                source %s
                COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _cairn; printf '%%s\\n' "${COMPREPLY[@]}"
                """.formatted(script, line);
        String out = shell(List.of("bash", "-euc", test));
        assertThat(out.lines()).containsExactlyInAnyOrder(expected.split(" "));
    }

    @Test
    void zshReadsItsScript() throws IOException, InterruptedException {
        assumeThat(Path.of("/usr/bin/zsh")).as("zsh is not installed").exists();
        Path script = Files.writeString(directory.resolve("_cairn"), Zsh.script());
        assertThat(shell(List.of("zsh", "-n", script.toString()))).isEmpty();
    }

    @Test
    void fishReadsItsScript() throws IOException, InterruptedException {
        assumeThat(Path.of("/usr/bin/fish")).as("fish is not installed").exists();
        Path script = Files.writeString(directory.resolve("cairn.fish"), Fish.script());
        assertThat(shell(List.of("fish", "--no-execute", script.toString()))).isEmpty();
    }

    @Test
    void everyCommandIsInEveryScript() {
        for (Catalogue.Entry entry : Catalogue.entries()) {
            String last = entry.spelling().substring(entry.spelling().indexOf(' ') + 1);
            assertThat(Bash.script()).contains("'" + entry.spelling() + "')");
            assertThat(Zsh.script()).contains("'" + entry.spelling() + "')");
            assertThat(Fish.script()).contains(" -a " + last + " ");
        }
    }
}
