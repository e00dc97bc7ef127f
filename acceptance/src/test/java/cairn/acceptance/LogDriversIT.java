package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code --log-driver} and {@code --log-opt}, of containers and of the daemon. */
final class LogDriversIT {
    private static TestDaemon daemon;
    private static DockerCli docker;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh("--log-opt", "max-file=3", "--log-opt", "max-size=20k");
        docker = daemon.docker();
        Images.importBusybox(daemon, "box");
    }

    @AfterAll
    static void end() {
        daemon.close();
    }

    @AfterEach
    void removeAll() {
        daemon.removeContainers();
    }

    private static void ran(String name, String script, String... flags) {
        List<String> words = new ArrayList<>(List.of("run", "-d", "--network", "none", "--name", name));
        words.addAll(List.of(flags));
        words.addAll(List.of("box", "sh", "-c", script));
        docker.ok(words.toArray(String[]::new));
        docker.ok("wait", name);
    }

    private static List<Path> files(String name) throws IOException {
        Path directory = daemon.dataRoot().resolve("containers").resolve(docker.inspect(name, "{{.Id}}"));
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.getFileName().toString().contains(".log"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theDaemonsOptionsHoldWhereAContainerHasNoneOfItsOwn() throws IOException {
        assertThat(docker.ok("info", "--format", "{{.LoggingDriver}}")).isEqualTo("json-file");
        ran("long", "seq 1 5000");
        assertThat(docker.inspect("long", "{{json .HostConfig.LogConfig}}"))
                .isEqualTo("{\"Type\":\"json-file\",\"Config\":{\"max-file\":\"3\",\"max-size\":\"20k\"}}");
        List<Path> files = files("long");
        assertThat(files).hasSize(3);
        for (Path file : files) {
            assertThat(Files.size(file)).isLessThanOrEqualTo(20_000);
        }
        List<String> kept = docker.run("logs", "long").ok().lines();
        assertThat(kept).endsWith("4999", "5000").hasSizeBetween(500, 900);
        ran("own", "seq 1 5000", "--log-opt", "max-size=1m");
        assertThat(docker.inspect("own", "{{json .HostConfig.LogConfig.Config}}"))
                .isEqualTo("{\"max-file\":\"3\",\"max-size\":\"1m\"}");
        assertThat(docker.run("logs", "own").ok().lines()).hasSize(5000);
    }

    @Test
    void chosenLabelsAndVariablesAreLoggedAlong() {
        ran(
                "told",
                "echo out; echo err >&2",
                "--label",
                "role=web",
                "--label",
                "other=1",
                "-e",
                "STAGE=a b&c",
                "-e",
                "PORT_A=1",
                "--log-opt",
                "labels=role,missing",
                "--log-opt",
                "env=STAGE",
                "--log-opt",
                "env-regex=^PORT_",
                "--log-opt",
                "tag={{.Name}}/{{.ID}}");
        String id = docker.inspect("told", "{{.Id}}").substring(0, 12);
        assertThat(docker.run("logs", "--details", "told").ok().out())
                .isEqualTo("PORT_A=1,STAGE=a+b%26c,role=web,tag=told%2F" + id + " out\n");
        assertThat(docker.run("logs", "told").ok().out()).isEqualTo("out\n");
        assertThat(docker.run("logs", "-t", "--details", "told").ok().err())
                .matches("\\d{4}-[^ ]{25} PORT_A=1,[^ ]+ err\n");
    }

    @Test
    void localKeepsAndReadsToo() throws IOException {
        ran("local", "seq 1 3", "--log-driver", "local", "--log-opt", "max-size=1m");
        assertThat(docker.run("logs", "local").ok().lines()).containsExactly("1", "2", "3");
        assertThat(docker.inspect("local", "{{.HostConfig.LogConfig.Type}} {{.LogPath}}"))
                .isEqualTo("local");
        ran("none", "echo nothing", "--log-driver", "none");
        assertThat(docker.run("logs", "none").fails(1).err()).contains("does not support reading");
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThat(refused("--log-driver", "nonsense")).contains("no log driver named 'nonsense' is registered");
        assertThat(refused("--log-driver", "syslog")).contains("syslog");
        assertThat(refused("--log-opt", "colour=red")).contains("unknown log opt 'colour' for json-file log driver");
        assertThat(refused("--log-driver", "local", "--log-opt", "labels=a"))
                .contains("unknown log opt 'labels' for local log driver");
        assertThat(refused("--log-opt", "max-size=zero")).contains("zero");
        assertThat(refused("--log-opt", "max-size=10m", "--log-opt", "max-file=0"))
                .contains("max-file cannot be less than 1");
        assertThat(refused("--log-opt", "mode=sometimes")).contains("logging mode not supported: sometimes");
        TestDaemon.onlyCairn("Docker compresses, and its templates have functions");
        assertThat(refused("--log-opt", "compress=true")).contains("compress");
        assertThat(refused("--log-opt", "tag={{.Name | upper}}")).contains("tag=");
    }

    private static String refused(String... flags) {
        List<String> words = new ArrayList<>(List.of("create"));
        words.addAll(List.of(flags));
        words.addAll(List.of("box", "true"));
        return docker.run(words.toArray(String[]::new)).fails(1).err();
    }

    @Test
    void nonBlockingAndRotationLoseNothingThatIsKept() {
        ran(
                "busy",
                "seq 1 200000",
                "--log-opt",
                "max-size=10m",
                "--log-opt",
                "max-file=5",
                "--log-opt",
                "mode=non-blocking");
        List<String> lines = docker.run("logs", "busy").ok().lines();
        assertThat(lines).hasSize(200_000).startsWith("1", "2").endsWith("200000");
        assertThat(docker.run("logs", "--tail", "2", "busy").ok().lines()).containsExactly("199999", "200000");
    }
}
