package cairn.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.oci.Healthcheck;
import cairn.oci.RunConfig;
import cairn.oci.RunConfigBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What dockerd makes of the same instructions. */
final class ConfigChangesTest {
    private static final RunConfig BEFORE = RunConfigBuilder.builder(RunConfig.empty())
            .env(List.of("PATH=/bin", "EMPTY="))
            .cmd(List.of("old"))
            .workingDir("/srv")
            .build();

    private static RunConfig changed(String... changes) {
        return ConfigChanges.apply(BEFORE, List.of(changes));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ENV PATH=/opt/bin:$PATH | /opt/bin:/bin",
                "ENV PATH=${PATH}x | /binx",
                "ENV PATH \"a  $PATH\"  b | a  /bin  b",
                "ENV PATH='$PATH' | $PATH",
                "ENV PATH=\\$PATH | $PATH",
                "ENV PATH=\"\\$PATH\\x\" | $PATH\\x",
                "ENV PATH=${NONE:-x$PATH} | x/bin",
                "ENV PATH=${EMPTY:-x}${EMPTY-y} | x",
                "ENV PATH=${PATH:+set}${NONE:+unset} | set",
                "ENV PATH=a$ | a$",
                "env PATH=x\\ y | x y",
            })
    void variablesAreThoseOfTheConfig(String change, String path) {
        assertThat(changed(change).env()).isEqualTo(List.of("PATH=" + path, "EMPTY="));
    }

    @Test
    void laterInstructionsSeeWhatEarlierOnesDid() {
        RunConfig config =
                changed("ENV A=1 B=$A", "ENV C=$A", "WORKDIR a", "WORKDIR ../b/$C", "USER $A:$C\nVOLUME /v$A");
        assertThat(config.env()).isEqualTo(List.of("PATH=/bin", "EMPTY=", "A=1", "B=", "C=1"));
        assertThat(config.workingDir()).isEqualTo("/srv/b/1");
        assertThat(config.user()).isEqualTo("1:1");
        assertThat(config.volumes()).isEqualTo(Set.of("/v1"));
    }

    @Test
    void portsMayBeRanges() {
        assertThat(changed("EXPOSE 80-82 53/udp").exposedPorts())
                .isEqualTo(Set.of("80/tcp", "81/tcp", "82/tcp", "53/udp"));
    }

    @Test
    void labelsMayBeQuoted() {
        assertThat(changed("LABEL a=b 'c d'=e f=\"g $PATH\"", "# nothing").labels())
                .isEqualTo(Map.of("a", "b", "c d", "e", "f", "g /bin"));
    }

    @Test
    void anEntrypointTakesTheOldCommandAway() {
        assertThat(changed("ENTRYPOINT [\"new\"]").cmd()).isNull();
        assertThat(changed("CMD x", "ENTRYPOINT [\"new\"]").cmd()).isEqualTo(List.of("/bin/sh", "-c", "x"));
        assertThat(changed("ENTRYPOINT").entrypoint()).isNull();
        assertThat(changed("CMD []").cmd()).isEmpty();
        assertThat(changed("CMD").cmd()).isEqualTo(List.of("/bin/sh", "-c"));
    }

    @Test
    void healthIsAskedForAsInADockerfile() {
        assertThat(changed("HEALTHCHECK --interval=5s --retries=3 CMD ls -l").healthcheck())
                .isEqualTo(new Healthcheck(
                        List.of("CMD-SHELL", "ls -l"),
                        Duration.ofSeconds(5),
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        3));
        assertThat(changed("HEALTHCHECK CMD [\"ls\"]").healthcheck().test()).isEqualTo(List.of("CMD", "ls"));
        assertThat(changed("HEALTHCHECK NONE").healthcheck().test()).isEqualTo(List.of("NONE"));
    }

    @Test
    void triggersAreKeptForBuilds() {
        assertThat(changed("ONBUILD RUN ls", "ONBUILD COPY a b").onBuild()).isEqualTo(List.of("RUN ls", "COPY a b"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "RUN ls | RUN is not a valid change command",
                "`` | file with no instructions",
                "ENV | ENV requires at least one argument",
                "ENV a | ENV must have two arguments",
                "ENV =b | ENV names can not be blank",
                "ENV a=b c | Syntax error - can't find = in \"c\". Must be of the form: name=value",
                "ENV a=\"b | unexpected end of statement while looking for matching double-quote",
                "ENV a=${b | syntax error: bad substitution",
                "LABEL x | LABEL must have two arguments",
                "EXPOSE foo | invalid containerPort: foo",
                "EXPOSE 65536 | invalid containerPort: 65536",
                "EXPOSE 80/ftp | invalid proto: ftp",
                "USER a b | USER requires exactly one argument",
                "WORKDIR | WORKDIR requires exactly one argument",
                "VOLUME [] | VOLUME requires at least one argument",
                "HEALTHCHECK | HEALTHCHECK requires at least one argument",
                "HEALTHCHECK FOO | Unknown type \"FOO\" in HEALTHCHECK (try CMD)",
                "HEALTHCHECK CMD | Missing command after HEALTHCHECK CMD",
                "HEALTHCHECK --interval=x CMD ls | time: invalid duration \"x\"",
                "HEALTHCHECK --interval=1us CMD ls | Interval \"interval\" cannot be less than 1ms",
                "HEALTHCHECK --foo=1 CMD ls | unknown flag: --foo",
                "ONBUILD ONBUILD RUN x | Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
                "ONBUILD FROM x | FROM isn't allowed as an ONBUILD trigger",
            })
    void whatIsWrongIsSaidInDockersWords(String change, String says) {
        assertThatThrownBy(() -> changed(change)).hasMessageContaining(says);
    }
}
