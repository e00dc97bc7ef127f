package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Api.Response;
import cairn.hostile.RawTar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is broken is refused with one clear line and leaves nothing behind. */
final class BadInputIT {
    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;
    private LeakLedger before;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
        work = TestDaemon.newDirectory();
    }

    @AfterAll
    static void end() {
        daemon.close();
        TestDaemon.deleteTree(work);
    }

    @BeforeEach
    void look() {
        before = LeakLedger.of(daemon);
    }

    @AfterEach
    void nothingIsLeft() {
        before.awaitSame(daemon);
    }

    private Path tar() {
        return work.resolve("hostile.tar");
    }

    // ---- archives; what means harm is in HostileInputIT

    @Test
    void noArchiveAtAll() throws IOException {
        Path text = Files.writeString(tar(), "this is no archive\n".repeat(100));
        docker.run("import", text.toString(), "hostile:text").fails(1);
        docker.run("load", "-i", text.toString()).fails(1);
    }

    @Test
    void archiveWhoseLayerDoesNotMatchItsConfig() throws IOException {
        Path loading = Files.createTempDirectory(work, "load");
        Path layer = Files.write(
                work.resolve("layer.tar"), new RawTar().file("a", "x").end());
        Path archive = Images.archive(loading, "hostile:diff", "\"Cmd\":[\"sh\"]", List.of(layer));
        Path other = Files.write(
                loading.resolve("archive/layer0.tar"),
                new RawTar().file("a", "y").end());
        assertThat(other).exists();
        Command.run(
                        "tar",
                        "-cf",
                        archive.toString(),
                        "-C",
                        loading.resolve("archive").toString(),
                        ".")
                .ok();
        assertThat(docker.run("load", "-i", archive.toString()).fails(1).err()).containsAnyOf("diffID", "digest");
    }

    @Test
    void loadCutOffInTheMiddleOfTheStream() throws IOException {
        Path busybox = Images.busyboxTar(Files.createTempDirectory(work, "bb"));
        Path archive =
                Images.archive(Files.createTempDirectory(work, "load"), "cut:1", "\"Cmd\":[\"sh\"]", List.of(busybox));
        byte[] bytes = Files.readAllBytes(archive);
        for (int part = 1; part < 4; part++) {
            Path cut = Files.write(tar(), Arrays.copyOf(bytes, bytes.length * part / 4));
            docker.run("load", "-i", cut.toString()).fails(1);
        }
    }

    // ---- requests

    @Test
    void brokenJsonIsABadRequest() {
        Response response = daemon.api().post("/v1.41/containers/create", "{\"Image\": ");
        // Docker 20.10 still took it for a fault of its own.
        assertThat(response.status()).isEqualTo(TestDaemon.isDocker() ? 500 : 400);
        assertThat(response.text()).startsWith("{\"message\":");
    }

    @Test
    void bodyOfAnotherTypeIsABadRequest() {
        Response response = daemon.api()
                .request(
                        "POST",
                        "/v1.41/containers/create",
                        Map.of("Content-Type", "text/plain"),
                        "{}".getBytes(StandardCharsets.UTF_8));
        assertThat(response.status()).isIn(400, 415);
    }

    @Test
    void createWithoutAnImageIsABadRequest() {
        Response response = daemon.api().post("/v1.41/containers/create", "{}");
        assertThat(response.status()).isIn(400, 404);
        assertThat(response.text()).contains("{\"message\":");
    }

    @Test
    void logsWithoutAStreamIsABadRequest() {
        String id = docker.ok("create", "busybox");
        Response response = daemon.api().get("/v1.41/containers/" + id + "/logs");
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.text()).contains("you must choose at least one stream");
        docker.ok("rm", id);
    }

    @Test
    void aTerminalHasTwoSides() {
        String id = docker.ok("run", "-d", "-t", "--network", "none", "busybox", "sleep", "1000");
        try {
            for (String query : List.of("", "?h=10", "?w=10", "?h=ten&w=10", "?h=-1&w=10")) {
                Response response = daemon.api().post("/v1.41/containers/" + id + "/resize" + query, "");
                assertThat(response.status()).as(query).isEqualTo(400);
                assertThat(response.text()).contains("invalid resize ").contains("invalid syntax");
            }
            assertThat(daemon.api()
                            .post("/v1.41/containers/" + id + "/resize?h=10&w=20", "")
                            .status())
                    .isEqualTo(200);
            assertThat(docker.ok("exec", id, "stty", "-F", "/dev/pts/0", "size"))
                    .isEqualTo("10 20");
        } finally {
            docker.ok("rm", "-f", id);
        }
    }

    @Test
    void nonsenseInsteadOfHttpDoesNotDisturbOthers() {
        for (String nonsense : List.of(
                "\r\n\r\n\r\nhello again\r\n\r\n",
                "hello\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/9.9\r\n\r\n",
                "\0\0\0\0\n\n",
                "GET /" + "x".repeat(200_000) + " HTTP/1.1\r\n\r\n")) {
            try {
                byte[] answer = daemon.api().exchange(nonsense.getBytes(StandardCharsets.ISO_8859_1));
                if (answer.length > 0) {
                    assertThat(Api.parse(answer).status()).isBetween(400, 505);
                }
            } catch (UncheckedIOException e) {
                // The connection was cut: fine as well.
            }
        }
        assertThat(daemon.api().get("/_ping").text()).isEqualTo("OK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../../etc", "a b", "%2e%2e%2f"})
    void oddContainerNamesAreNotFound(String name) {
        String path = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        assertThat(daemon.api().get("/v1.41/containers/" + path + "/json").status())
                .isIn(301, 400, 404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UPPER", "a//b", "-x", "a:b:c", "../x"})
    void badImageNamesAreRefused(String name) throws IOException {
        Path busybox = Files.write(tar(), new RawTar().file("a", "x").end());
        assertThat(docker.run("import", busybox.toString(), name).exit()).isNotZero();
        assertThat(docker.run("create", "--pull", "never", name).exit()).isNotZero();
    }

    // ---- settings of a container

    @Test
    void badSettingsNameTheirCulprit() {
        assertThat(docker.run("run", "--rm", "--network", "nosuchnet", "busybox", "true")
                        .fails(125)
                        .err())
                .contains("network nosuchnet not found");
        assertThat(docker.run("run", "--rm", "--memory", "1k", "busybox", "true")
                        .fails(125)
                        .err())
                .containsIgnoringCase("minimum memory limit allowed is");
        assertThat(docker.run("run", "--rm", "--cap-add", "NONSENSE", "busybox", "true")
                        .fails(125)
                        .err())
                .containsIgnoringCase("nonsense");
        assertThat(docker.run("run", "--rm", "-w", "relative", "busybox", "true")
                        .fails(125)
                        .err())
                .contains("relative")
                .contains("absolute");
        assertThat(docker.run("run", "--rm", "--runtime", "nosuch", "busybox", "true")
                        .fails(125)
                        .err())
                .contains("nosuch");
    }

    @Test
    void overTheRootCannotBeMounted() {
        assertThat(docker.run("run", "--rm", "-v", "/tmp:/", "busybox", "true")
                        .fails(125)
                        .err())
                .contains("destination can't be '/'");
    }

    // ---- the daemon itself

    @Test
    void staleSocketIsReplaced() {
        TestDaemon.onlyCairn("the daemon is killed");
        TestDaemon other = TestDaemon.fresh();
        try (other) {
            other.kill();
            assertThat(other.socket()).exists();
            other.start();
            assertThat(other.api().get("/_ping").text()).isEqualTo("OK");
        }
    }

    @Test
    void secondDaemonOnTheSameRootIsTurnedAway() throws Exception {
        TestDaemon.onlyCairn("Docker 20.10 waits for a database lock");
        Path log = work.resolve("second.log");
        Process second = new ProcessBuilder(daemon.commandLine())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(second.waitFor(20, TimeUnit.SECONDS))
                .as("the second daemon ends by itself")
                .isTrue();
        assertThat(second.exitValue()).isNotZero();
        assertThat(Files.readString(log).strip().lines().toList())
                .as("one clear line")
                .hasSize(1);
        assertThat(daemon.api().get("/_ping").text()).isEqualTo("OK");
        assertThat(Files.readString(daemon.directory().resolve("pid")).strip()).isEqualTo(Long.toString(daemon.pid()));
    }

    @Test
    void unknownFlagIsNamed() throws Exception {
        Path log = work.resolve("flag.log");
        Process process = new ProcessBuilder(TestDaemon.engine(), "--no-such-flag")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isNotZero();
        assertThat(Files.readString(log)).contains("no-such-flag");
    }

    @Test
    void fullDiskIsReportedAndLeavesNothing() throws IOException {
        TestDaemon.onlyCairn("only Cairn promises it");
        Path directory = TestDaemon.newDirectory();
        Command.run(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=12m",
                        "cairn-full",
                        Files.createDirectories(directory.resolve("data")).toString())
                .ok();
        Path root = Files.createDirectories(work.resolve("big"));
        Files.write(root.resolve("blob"), new byte[20 << 20]);
        Path big = Images.tar(root, work.resolve("big.tar"));
        try (TestDaemon small = TestDaemon.on(directory, TestDaemon.engine())) {
            Images.importBusybox(small, "busybox");
            LeakLedger fine = LeakLedger.of(small);
            assertThat(small.docker()
                            .run("import", big.toString(), "too:big")
                            .fails(1)
                            .err())
                    .containsIgnoringCase("no space left on device");
            fine.awaitSame(small);
            assertThat(small.docker().ok("run", "--rm", "--network", "none", "busybox", "echo", "works"))
                    .isEqualTo("works");
        }
    }
}
