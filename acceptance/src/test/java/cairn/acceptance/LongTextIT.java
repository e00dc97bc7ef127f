package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Api.Response;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Labels, variables and commands of several hundred kilobytes, as tools write them into containers. */
final class LongTextIT {
    private static TestDaemon daemon;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        Images.importBusybox(daemon, "busybox");
    }

    @AfterAll
    static void end() {
        daemon.close();
    }

    @Test
    void longTextIsKeptToTheLetterAlsoOverARestart() {
        // Escaped, it takes up twice its length in the request and in the record.
        String label = "\\\"é\\n".repeat(200_000);
        // What the kernel takes as one argument or variable: 128 KiB with name and terminator.
        String variable = "v".repeat(131_000);
        Response created =
                daemon.api().post("/v1.41/containers/create?name=long", """
                        {"Image":"busybox","Labels":{"long":"%s"},"Env":["LONG=%s"],"HostConfig":{"NetworkMode":"none"},
                        "Cmd":["sh","-c","echo ${#LONG} ${#0}","%s"]}""".formatted(label, variable, variable));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        daemon.restart();
        DockerCli docker = daemon.docker();
        assertThat(docker.inspect("long", "{{len (index .Config.Labels \"long\")}}"))
                .isEqualTo("800000");
        assertThat(docker.run("start", "-a", "long").ok().out().strip()).isEqualTo("131000 131000");
        docker.ok("rm", "long");
    }

    @Test
    void whatTheKernelDoesNotTakeIsSaidAtTheStart() {
        Response created = daemon.api()
                .post(
                        "/v1.41/containers/create?name=longer",
                        "{\"Image\":\"busybox\",\"Cmd\":[\"echo\",\"%s\"]}".formatted("x".repeat(200_000)));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        Response started = daemon.api().post("/v1.41/containers/longer/start", "");
        assertThat(started.status()).isIn(400, 500);
        assertThat(started.text()).contains("argument list too long");
        daemon.docker().ok("rm", "longer");
    }

    @Test
    void bodyBeyondTheLimitIsRefusedByItsSize() {
        Response refused = daemon.api()
                .post(
                        "/v1.41/containers/create",
                        "{\"Image\":\"busybox\",\"Labels\":{\"a\":\"%s\"}}".formatted("x".repeat(4 << 20)));
        TestDaemon.onlyCairn("dockerd takes bodies of any size");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("larger than 4194304 bytes");
        assertThat(daemon.docker().run("ps", "-aq").ok().lines()).isEqualTo(List.of());
    }
}
