package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docker logs}, and the file behind it. */
final class LogsIT {
    private static TestDaemon daemon;
    private static DockerCli docker;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
    }

    @AfterAll
    static void end() {
        daemon.close();
    }

    @AfterEach
    void removeContainers() {
        daemon.removeContainers();
    }

    private static void ran(String name, String script) {
        docker.ok("run", "-d", "--network", "none", "--name", name, "busybox", "sh", "-c", script);
        docker.ok("wait", name);
    }

    @Test
    void bothOutputsComeBackApart() {
        ran("both", "echo out; echo err >&2; echo out again");
        Result logs = docker.run("logs", "both").ok();
        assertThat(logs.out()).isEqualTo("out\nout again\n");
        assertThat(logs.err()).isEqualTo("err\n");
    }

    @Test
    void tailTakesTheLastLines() {
        ran("tail", "seq 1 1000");
        assertThat(docker.run("logs", "--tail", "3", "tail").ok().lines()).containsExactly("998", "999", "1000");
        assertThat(docker.run("logs", "--tail", "0", "tail").ok().out()).isEmpty();
        assertThat(docker.run("logs", "--tail", "all", "tail").ok().lines()).hasSize(1000);
        assertThat(docker.run("logs", "--tail", "5000", "tail").ok().lines()).hasSize(1000);
    }

    @Test
    void timestampsAreFixedWidthAndAscend() {
        ran("stamps", "seq 1 100");
        List<String> lines = docker.run("logs", "-t", "stamps").ok().lines();
        assertThat(lines)
                .hasSize(100)
                .isSorted()
                .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z \\d+"));
    }

    @Test
    void sinceAndUntilCut() {
        ran("cut", "echo early; sleep 2; echo late");
        String first = docker.run("logs", "-t", "cut").ok().lines().getFirst().split(" ")[0];
        Instant between = Instant.parse(first).plusSeconds(1);
        assertThat(docker.run("logs", "--since", between.toString(), "cut").ok().out())
                .isEqualTo("late\n");
        assertThat(docker.run("logs", "--until", between.toString(), "cut").ok().out())
                .isEqualTo("early\n");
    }

    @Test
    void followEndsWithTheContainer() {
        docker.ok(
                "run",
                "-d",
                "--network",
                "none",
                "--name",
                "follow",
                "busybox",
                "sh",
                "-c",
                "echo one; sleep 1; echo two; sleep 0.5; echo three");
        try (Command logs = docker.start("logs", "-f", "follow")) {
            assertThat(logs.await(Duration.ofSeconds(15)).ok().out()).isEqualTo("one\ntwo\nthree\n");
        }
    }

    @Test
    void followShowsLinesAtOnce() {
        docker.ok(
                "run",
                "-d",
                "--network",
                "none",
                "--name",
                "live",
                "busybox",
                "sh",
                "-c",
                "sleep 1; echo now; sleep 1000");
        try (Command logs = docker.start("logs", "-f", "live")) {
            logs.awaitOutput("now");
            assertThat(logs.alive()).isTrue();
        }
    }

    @Test
    void fileHasDockersForm() throws IOException {
        ran("file", "printf 'a \"quoted\" \\\\ line\\n\\ttab\\nno end'; sleep 0.2; echo >&2 'error <&>'");
        Path file = Path.of(docker.inspect("file", "{{.LogPath}}"));
        String id = docker.inspect("file", "{{.Id}}");
        assertThat(file).isEqualTo(daemon.dataRoot().resolve("containers/" + id + "/" + id + "-json.log"));
        List<String> lines = Files.readAllLines(file);
        String stamp = "\"time\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{1,9}Z\"}";
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0))
                .matches("\\{\"log\":\"a \\\\\"quoted\\\\\" \\\\\\\\ line\\\\n\",\"stream\":\"stdout\"," + stamp);
        assertThat(lines.get(1)).matches("\\{\"log\":\"\\\\u0009tab\\\\n\",\"stream\":\"stdout\"," + stamp);
        assertThat(lines).anyMatch(line -> line.matches("\\{\"log\":\"no end\",\"stream\":\"stdout\"," + stamp));
        assertThat(lines).anyMatch(line -> line.contains("\"stream\":\"stderr\""));
        Instant time = Instant.parse(lines.get(0).replaceAll(".*\"time\":\"(.*)\"}", "$1"));
        assertThat(time).isCloseTo(Instant.now(), within(60, ChronoUnit.SECONDS));
    }

    @Test
    void longLinesAreCutAt16KiBAndComeBackWhole() throws IOException {
        ran("long", "head -c 40000 /dev/zero | tr '\\0' x; echo");
        assertThat(docker.run("logs", "long").ok().out()).isEqualTo("x".repeat(40_000) + "\n");
        List<String> lines = Files.readAllLines(Path.of(docker.inspect("long", "{{.LogPath}}")));
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("{\"log\":\"" + "x".repeat(16 * 1024) + "\",");
    }

    @Test
    void bytesThatAreNoTextSurvive() {
        ran("bytes", "printf 'caf\\303\\251 \\033[1mbold\\033[0m\\n'");
        assertThat(docker.run("logs", "bytes").ok().out()).isEqualTo("café \u001b[1mbold\u001b[0m\n");
    }

    @Test
    void logOfATerminalIsOneStream() {
        docker.ok("run", "-dt", "--network", "none", "--name", "tty", "busybox", "sh", "-c", "echo out; echo err >&2");
        docker.ok("wait", "tty");
        assertThat(docker.run("logs", "tty").ok().out()).isEqualTo("out\r\nerr\r\n");
    }

    @Test
    void manyLinesArriveInOrder() {
        ran("many", "seq 1 300000");
        Result logs = docker.run("logs", "many").ok();
        long expected = 1;
        for (String line : logs.out().lines().toList()) {
            assertThat(line).isEqualTo(Long.toString(expected++));
        }
        assertThat(expected).isEqualTo(300_001);
    }

    @Test
    void logSurvivesTheDaemon() {
        docker.ok(
                "run",
                "-d",
                "--network",
                "none",
                "--name",
                "through",
                "busybox",
                "sh",
                "-c",
                "for i in 1 2 3 4 5 6; do echo $i; sleep 0.5; done");
        daemon.kill();
        daemon.start();
        docker.ok("wait", "through");
        assertThat(docker.run("logs", "through").ok().lines()).containsExactly("1", "2", "3", "4", "5", "6");
    }

    @Test
    void unknownContainerIsNamed() {
        assertThat(docker.run("logs", "nobody").fails(1).err()).contains("No such container: nobody");
    }
}
