package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Health checks: how often, with what result, and what they survive. */
final class HealthIT {
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

    private static void run(String name, String... flags) {
        List<String> words = new ArrayList<>(List.of("run", "-d", "--network", "none", "--name", name));
        words.addAll(List.of(flags));
        words.addAll(List.of("busybox", "sleep", "1000"));
        docker.ok(words.toArray(String[]::new));
    }

    private static String health(String name) {
        return docker.inspect(name, "{{.State.Health.Status}}");
    }

    private static void awaitHealth(String name, String wanted) {
        Wait.until(
                Command.PATIENCE,
                () -> docker.inspect(name, "{{json .State.Health}}"),
                () -> health(name).equals(wanted));
    }

    @Test
    void fromStartingToHealthyToUnhealthy() {
        String since = Instant.now().toString();
        run(
                "well",
                "--health-cmd",
                "echo looked; test ! -e /ill",
                "--health-interval",
                "300ms",
                "--health-retries",
                "2");
        assertThat(health("well")).isEqualTo("starting");
        assertThat(docker.ok("ps", "--format", "{{.Status}}")).endsWith("(health: starting)");
        assertThat(docker.ok("ps", "-q", "--filter", "health=starting")).isNotEmpty();
        awaitHealth("well", "healthy");
        assertThat(docker.ok("ps", "--format", "{{.Status}}")).endsWith("(healthy)");
        assertThat(docker.inspect("well", "{{(index .State.Health.Log 0).Output}}"))
                .startsWith("looked");
        docker.ok("exec", "well", "touch", "/ill");
        awaitHealth("well", "unhealthy");
        assertThat(docker.inspect("well", "{{.State.Running}} {{len .State.Health.Log}}"))
                .matches("true [2-5]");
        assertThat(docker.ok("ps", "--format", "{{.Names}}", "--filter", "health=unhealthy"))
                .isEqualTo("well");
        docker.ok("exec", "well", "rm", "/ill");
        awaitHealth("well", "healthy");
        List<String> actions = docker.ok(
                        "events",
                        "--since",
                        since,
                        "--until",
                        Instant.now().toString(),
                        "--filter",
                        "container=well",
                        "--format",
                        "{{.Action}}")
                .lines()
                .toList();
        assertThat(actions.stream()
                        .filter(action -> action.startsWith("health_status"))
                        .toList())
                .containsExactly("health_status: healthy", "health_status: unhealthy", "health_status: healthy");
        assertThat(actions)
                .contains(
                        "exec_create: /bin/sh -c echo looked; test ! -e /ill",
                        "exec_start: /bin/sh -c echo looked; test ! -e /ill",
                        "exec_die");
    }

    @Test
    void pausedItIsLeftAlone() {
        run("still", "--health-cmd", "true", "--health-interval", "200ms");
        awaitHealth("still", "healthy");
        docker.ok("pause", "still");
        Wait.pause(Duration.ofMillis(300));
        String last = docker.inspect("still", "{{json .State.Health.Log}}");
        Wait.pause(Duration.ofMillis(800));
        assertThat(docker.inspect("still", "{{json .State.Health.Log}}")).isEqualTo(last);
        docker.ok("unpause", "still");
        Wait.until(
                Command.PATIENCE,
                () -> "a probe after the pause",
                () -> !docker.inspect("still", "{{json .State.Health.Log}}").equals(last));
    }

    @Test
    void theLastFiveResultsAreKeptAndNoneIsLong() {
        run(
                "long",
                "--health-cmd",
                "i=0; while [ $i -lt 500 ]; do echo 0123456789; i=$((i+1)); done; exit 1",
                "--health-interval",
                "100ms");
        awaitHealth("long", "unhealthy");
        Wait.until(
                Command.PATIENCE,
                () -> "five results",
                () -> docker.inspect("long", "{{len .State.Health.Log}} {{gt .State.Health.FailingStreak 5}}")
                        .equals("5 true"));
        assertThat(docker.inspect("long", "{{len (index .State.Health.Log 4).Output}}"))
                .isEqualTo("4099");
        assertThat(docker.inspect("long", "{{(index .State.Health.Log 4).Output}}"))
                .endsWith("...");
    }

    @Test
    void aProbeThatHangsIsKilled() {
        run(
                "slow",
                "--health-cmd",
                "echo begun; exec sleep 60",
                "--health-interval",
                "100ms",
                "--health-timeout",
                "300ms",
                "--health-retries",
                "1");
        awaitHealth("slow", "unhealthy");
        assertThat(docker.inspect(
                        "slow", "{{(index .State.Health.Log 0).ExitCode}} {{(index .State.Health.Log 0).Output}}"))
                .startsWith("-1 Health check exceeded timeout (300ms): begun");
        Wait.until(
                Command.PATIENCE,
                () -> docker.ok("top", "slow"),
                () -> docker.ok("top", "slow")
                                .lines()
                                .filter(line -> line.contains("sleep 60"))
                                .count()
                        <= 1);
    }

    @Test
    void aProbeThatCannotBeRunIsAFailure() {
        Api.Response made = daemon.api().post("/v1.51/containers/create?name=direct", """
                        {"Image":"busybox","Cmd":["sleep","1000"],"HostConfig":{"NetworkMode":"none"},
                         "Healthcheck":{"Test":["CMD","/nowhere"],"Interval":100000000,"Retries":1}}""");
        assertThat(made.status()).isEqualTo(201);
        docker.ok("start", "direct");
        awaitHealth("direct", "unhealthy");
        assertThat(docker.inspect("direct", "{{(index .State.Health.Log 0).Output}}"))
                .contains(
                        "OCI runtime exec failed: exec failed: unable to start container process: exec: \"/nowhere\"");
    }

    @Test
    void failuresOfTheStartPeriodDoNotCount() {
        run(
                "young",
                "--health-cmd",
                "exit 1",
                "--health-interval",
                "1s",
                "--health-start-period",
                "2s",
                "--health-start-interval",
                "100ms",
                "--health-retries",
                "1");
        Wait.pause(Duration.ofMillis(1000));
        assertThat(docker.inspect("young", "{{.State.Health.Status}} {{.State.Health.FailingStreak}}"))
                .isEqualTo("starting 0");
        assertThat(docker.inspect("young", "{{len .State.Health.Log}}")).isIn("4", "5");
        awaitHealth("young", "unhealthy");
    }

    @Test
    void imagesSayHowAndContainersOverrideFieldByField() throws IOException {
        Path work = TestDaemon.newDirectory();
        Path archive = Images.archive(
                work,
                "checked:latest",
                "\"Cmd\":[\"sh\"],\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"test -e /bin/sh\"],\"Interval\":7000000000,\"Retries\":4}",
                List.of(Images.busyboxTar(Files.createDirectories(work.resolve("bb")))));
        docker.ok("load", "-i", archive.toString());
        TestDaemon.deleteTree(work);
        docker.ok("create", "--name", "plain", "checked", "sleep", "9");
        assertThat(docker.inspect("plain", "{{json .Config.Healthcheck}}"))
                .isEqualTo("{\"Test\":[\"CMD-SHELL\",\"test -e /bin/sh\"],\"Interval\":7000000000,\"Retries\":4}");
        docker.ok("create", "--name", "other", "--health-interval", "2s", "checked", "sleep", "9");
        assertThat(docker.inspect("other", "{{json .Config.Healthcheck}}"))
                .isEqualTo("{\"Test\":[\"CMD-SHELL\",\"test -e /bin/sh\"],\"Interval\":2000000000,\"Retries\":4}");
        docker.ok("run", "-d", "--name", "never", "--network", "none", "--no-healthcheck", "checked", "sleep", "1000");
        assertThat(docker.inspect("never", "{{.State.Health}}")).isEqualTo("<nil>");
        assertThat(docker.ok("ps", "--format", "{{.Names}}", "--filter", "health=none"))
                .isEqualTo("never");
        docker.ok("rm", "-f", "plain", "other", "never");
        docker.ok("rmi", "checked");
    }

    @Test
    void wrongTimesAndNamesAreRefused() {
        Api.Response made = daemon.api()
                .post(
                        "/v1.51/containers/create",
                        "{\"Image\":\"busybox\",\"Healthcheck\":{\"Test\":[\"CMD\",\"true\"],\"Interval\":100}}");
        assertThat(made.status()).isEqualTo(400);
        assertThat(made.text()).contains("Interval in Healthcheck cannot be less than 1ms");
        assertThat(docker.run("ps", "--filter", "health=fine").fails(1).err()).contains("health");
    }

    @Test
    void probesGoOnUnderTheNextDaemon() {
        TestDaemon.onlyCairn("it is Cairn that is killed");
        run("on", "--health-cmd", "test ! -e /ill", "--health-interval", "200ms", "--health-retries", "1");
        awaitHealth("on", "healthy");
        daemon.kill();
        daemon.start();
        assertThat(health("on")).isEqualTo("healthy");
        docker.ok("exec", "on", "touch", "/ill");
        awaitHealth("on", "unhealthy");
    }

    @Test
    void restartedItStartsAnewAndStoppedItIsLeftAlone() {
        run("again", "--health-cmd", "true", "--health-interval", "500ms");
        awaitHealth("again", "healthy");
        docker.ok("restart", "-t", "0", "again");
        assertThat(health("again")).isEqualTo("starting");
        docker.ok("stop", "-t", "0", "again");
        String log = docker.inspect("again", "{{len .State.Health.Log}}");
        Wait.pause(Duration.ofMillis(800));
        assertThat(docker.inspect("again", "{{len .State.Health.Log}}")).isEqualTo(log);
    }
}
