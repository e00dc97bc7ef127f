package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Api.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The engine introduces itself, and turns away what it does not know. */
final class VersionIT {
    private static TestDaemon daemon;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
    }

    @AfterAll
    static void end() {
        daemon.close();
    }

    @Test
    void stockClientNegotiatesItsVersion() {
        DockerCli docker = daemon.docker();
        String client = docker.ok("version", "--format", "{{.Client.APIVersion}}");
        String server = docker.ok("version", "--format", "{{.Server.APIVersion}}");
        assertThat(server).isEqualTo(TestDaemon.isDocker() ? "1.41" : "1.51");
        assertThat(client).isLessThanOrEqualTo(server);
        assertThat(docker.ok("version", "--format", "{{.Server.Os}}/{{.Server.Arch}}"))
                .isEqualTo("linux/amd64");
    }

    @Test
    void olderClientOfDebianWorksToo() {
        assertThat(daemon.docker("/usr/bin/docker").ok("version", "--format", "{{.Server.Os}}"))
                .isEqualTo("linux");
    }

    @Test
    void pingAnswersHeadAndGet() {
        for (String method : new String[] {"HEAD", "GET"}) {
            Response ping = daemon.api().request(method, "/_ping", Map.of(), new byte[0]);
            assertThat(ping.status()).isEqualTo(200);
            assertThat(ping.headers()).containsEntry("ostype", "linux").containsKey("api-version");
            assertThat(ping.headers()).containsEntry("docker-experimental", "false");
            assertThat(ping.headers().get("cache-control")).contains("no-cache");
            assertThat(ping.text()).isEqualTo(method.equals("GET") ? "OK" : "");
        }
    }

    @Test
    void oldestVersionIsAcceptedAndANewerOneIsRefused() {
        assertThat(daemon.api().get("/v1.24/version").status()).isEqualTo(200);
        Response tooNew = daemon.api().get("/v1.99/version");
        assertThat(tooNew.status()).isEqualTo(400);
        assertThat(tooNew.text()).contains("client version 1.99 is too new. Maximum supported API version is");
    }

    @Test
    void versionBelowTheFloorIsRefused() {
        TestDaemon.onlyCairn("dockerd 20.10 accepts from 1.12");
        Response tooOld = daemon.api().get("/v1.23/version");
        assertThat(tooOld.status()).isEqualTo(400);
        assertThat(tooOld.text()).contains("client version 1.23 is too old. Minimum supported API version is 1.24");
    }

    @Test
    void unknownPathIsNotFound() {
        Response response = daemon.api().get("/v1.41/nonsense");
        assertThat(response.status()).isEqualTo(404);
        assertThat(response.text()).isEqualTo("{\"message\":\"page not found\"}");
    }

    @Test
    void swarmIsAnsweredHonestly() {
        Response nodes = daemon.api().get("/v1.41/nodes");
        assertThat(nodes.status()).isEqualTo(503);
        assertThat(nodes.text()).contains("This node is not a swarm manager");
        assertThat(daemon.docker().ok("info", "--format", "{{.Swarm.LocalNodeState}}"))
                .isEqualTo("inactive");
    }

    @Test
    void infoDescribesStoreAndHost() {
        DockerCli docker = daemon.docker();
        assertThat(docker.ok("info", "--format", "{{.Driver}}")).isEqualTo("overlay2");
        assertThat(docker.ok("info", "--format", "{{.DockerRootDir}}"))
                .isEqualTo(daemon.dataRoot().toString());
        assertThat(docker.ok("info", "--format", "{{.OSType}} {{.Architecture}}"))
                .isEqualTo("linux x86_64");
        assertThat(docker.ok("info", "--format", "{{range .DriverStatus}}{{index . 0}};{{end}}"))
                .contains("Backing Filesystem;", "Supports d_type;", "Native Overlay Diff;");
        assertThat(docker.ok("info", "--format", "{{.NCPU}}"))
                .isEqualTo(Integer.toString(Runtime.getRuntime().availableProcessors()));
        assertThat(docker.ok("info")).contains("Storage Driver: overlay2", "Kernel Version:");
    }

    @Test
    void socketIsForItsGroupOnly() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(daemon.socket())))
                .isEqualTo("rw-rw----");
    }

    @Test
    void pidfileHoldsThePid() throws IOException {
        assertThat(Files.readString(daemon.directory().resolve("pid")).strip()).isEqualTo(Long.toString(daemon.pid()));
    }
}
