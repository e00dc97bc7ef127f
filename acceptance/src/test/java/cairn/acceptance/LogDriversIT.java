package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
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

    private static Path directory(String name) {
        return daemon.dataRoot().resolve("containers").resolve(docker.inspect(name, "{{.Id}}"));
    }

    private static List<Path> files(String name) throws IOException {
        try (Stream<Path> all = Files.list(directory(name))) {
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
        ran("local", "seq 1 3; echo err >&2", "--log-driver", "local", "--log-opt", "max-size=1m");
        assertThat(docker.run("logs", "local").ok().lines()).containsExactly("1", "2", "3");
        assertThat(docker.run("logs", "local").ok().err()).isEqualTo("err\n");
        assertThat(docker.inspect("local", "{{.HostConfig.LogConfig.Type}} {{.LogPath}}"))
                .isEqualTo("local");
        Path directory = directory("local").resolve("local-logs");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThat(Files.readAllBytes(directory.resolve("container.log")))
                .startsWith(0, 0, 0, 21, 10, 6, 's', 't', 'd', 'o', 'u', 't', 16);
        docker.ok("start", "local");
        docker.ok("wait", "local");
        assertThat(docker.run("logs", "local").ok().lines()).containsExactly("1", "2", "3", "1", "2", "3");
        assertThat(docker.run("logs", "-t", "local").ok().lines())
                .hasSize(6)
                .isSorted()
                .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z \\d"));
        ran("none", "echo nothing", "--log-driver", "none");
        assertThat(docker.run("logs", "none").fails(1).err()).contains("does not support reading");
    }

    /** Oldest last. */
    private static List<String> localFiles(String name) throws IOException {
        try (Stream<Path> all = Files.list(directory(name).resolve("local-logs"))) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void localRotatesAndCompresses() throws IOException {
        ran("full", "seq 1 20000", "--log-driver", "local", "--log-opt", "max-size=50k", "--log-opt", "max-file=4");
        Wait.until(
                Duration.ofSeconds(20),
                () -> "all old files to be compressed",
                () -> localFilesOrNone("full")
                        .equals(List.of(
                                "container.log", "container.log.1.gz", "container.log.2.gz", "container.log.3.gz")));
        List<String> kept = docker.run("logs", "full").ok().lines();
        assertThat(kept).endsWith("19999", "20000").hasSizeBetween(4000, 7000);
        int first = Integer.parseInt(kept.getFirst());
        for (int i = 0; i < kept.size(); i++) {
            assertThat(kept.get(i)).isEqualTo(Integer.toString(first + i));
        }
        for (int n : new int[] {1, 1000, 3000, kept.size()}) {
            assertThat(docker.run("logs", "-n", Integer.toString(n), "full")
                            .ok()
                            .lines())
                    .isEqualTo(kept.subList(kept.size() - n, kept.size()));
        }
        ran(
                "plain",
                "seq 1 9000",
                "--log-driver",
                "local",
                "--log-opt",
                "max-size=50k",
                "--log-opt",
                "max-file=3",
                "--log-opt",
                "compress=false");
        assertThat(localFiles("plain")).containsExactly("container.log", "container.log.1", "container.log.2");
        ran(
                "json",
                "seq 1 5000",
                "--log-opt",
                "max-size=100k",
                "--log-opt",
                "max-file=4",
                "--log-opt",
                "compress=true");
        Wait.until(
                Duration.ofSeconds(20),
                () -> "old files of json-file to be compressed",
                () -> namesOf("json").stream()
                                        .filter(file -> file.endsWith(".gz"))
                                        .count()
                                == 3
                        && namesOf("json").size() == 4);
        assertThat(docker.run("logs", "-n", "2000", "json").ok().lines())
                .hasSize(2000)
                .endsWith("5000");
    }

    private static List<String> localFilesOrNone(String name) {
        try {
            return localFiles(name);
        } catch (IOException e) {
            return List.of();
        }
    }

    private static List<String> namesOf(String name) {
        try {
            return files(name).stream()
                    .map(file -> file.getFileName().toString())
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    @Test
    void aDaemonThatComesBackCompressesWhatWasRotatedMeanwhile() throws IOException {
        TestDaemon.onlyCairn("its containers' output goes through the daemon");
        docker.ok(
                "run",
                "-d",
                "--network",
                "none",
                "--name",
                "through",
                "--log-driver",
                "local",
                "--log-opt",
                "max-size=20k",
                "box",
                "sh",
                "-c",
                "sleep 2; seq 1 2000; sleep 1000");
        Path logs = directory("through").resolve("local-logs");
        daemon.kill();
        Wait.until(Duration.ofSeconds(20), () -> "a rotation", () -> Files.exists(logs.resolve("container.log.2")));
        daemon.start();
        Wait.until(Duration.ofSeconds(20), () -> "compression", () -> Files.exists(logs.resolve("container.log.2.gz")));
        assertThat(docker.run("logs", "through").ok().lines()).hasSize(2000);
        try (Command follow = docker.start("logs", "-f", "-n", "1", "through")) {
            follow.awaitOutput("2000");
        }
    }

    @Test
    void longLinesOfLocalComeBackWhole() {
        ran("parts", "head -c 40000 /dev/zero | tr '\\0' x; echo; echo next", "--log-driver", "local");
        assertThat(docker.run("logs", "parts").ok().out()).isEqualTo("x".repeat(40_000) + "\nnext\n");
    }

    @Test
    void whatAnEarlierVersionKeptOfLocalIsShown() throws IOException {
        TestDaemon.onlyCairn("it never wrote that");
        ran("former", "echo new", "--log-driver", "local");
        Files.writeString(
                directory("former").resolve("container.log"),
                "{\"log\":\"old\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:00Z\"}\n");
        assertThat(docker.run("logs", "former").ok().lines()).containsExactly("old", "new");
        assertThat(docker.run("logs", "-n", "1", "former").ok().lines()).containsExactly("new");
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThat(refused("--log-driver", "nonsense")).contains("no log driver named 'nonsense' is registered");
        assertThat(refused("--log-driver", "syslog")).contains("syslog");
        assertThat(refused("--log-opt", "colour=red")).contains("unknown log opt 'colour' for json-file log driver");
        assertThat(refused("--log-driver", "local", "--log-opt", "labels=a"))
                .contains("unknown log opt 'labels' for log driver local");
        assertThat(refused("--log-opt", "max-size=zero")).contains("zero");
        assertThat(refused("--log-opt", "max-size=10m", "--log-opt", "max-file=0"))
                .contains("max-file cannot be less than 1");
        assertThat(refused("--log-opt", "mode=sometimes")).contains("logging mode not supported: sometimes");
        TestDaemon.onlyCairn("Docker refuses this at the start, and its templates have functions");
        assertThat(refused("--log-driver", "local", "--log-opt", "max-file=1"))
                .contains("compression cannot be enabled when max file count is 1");
        assertThat(refused("--log-driver", "local", "--log-opt", "compress=often"))
                .contains("error reading compress log option: strconv.ParseBool: parsing \"often\": invalid syntax");
        assertThat(refused("--log-opt", "compress=true", "--log-opt", "max-file=1"))
                .contains("compress cannot be true when max-file is less than 2 or max-size is not set");
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
