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

/** Restart policies: who starts again, when, how often, and what the verbs do in between. */
final class RestartPolicyIT {
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

    private static void run(String name, String policy, String script) {
        docker.ok("run", "-d", "--network", "none", "--name", name, "--restart", policy, "busybox", "sh", "-c", script);
    }

    private static String state(String name) {
        return docker.inspect(name, "{{.State.Status}} {{.State.Running}} {{.State.ExitCode}} {{.RestartCount}}");
    }

    private static void awaitState(String name, String state) {
        Wait.until(
                Command.PATIENCE,
                () -> name + " is " + state(name),
                () -> state(name).equals(state));
    }

    @Test
    void failuresAreRetriedAsOftenAsAsked() {
        String since = Instant.now().toString();
        run("three", "on-failure:3", "exit 4");
        awaitState("three", "exited false 4 3");
        Wait.pause(Duration.ofMillis(100));
        String actions = docker.ok(
                "events",
                "--since",
                since,
                "--until",
                Instant.now().toString(),
                "--filter",
                "container=three",
                "--format",
                "{{.Action}}");
        assertThat(actions.lines())
                .as("a policy's restart is a start like any other, without an event restart")
                .containsExactly("create", "start", "die", "start", "die", "start", "die", "start", "die");
    }

    @Test
    void pausesDouble() {
        String since = Instant.now().toString();
        run("doubling", "on-failure:4", "exit 1");
        awaitState("doubling", "exited false 1 4");
        List<Double> pauses = pauses("doubling", since);
        assertThat(pauses).hasSize(4);
        double[] wanted = {0.1, 0.2, 0.4, 0.8};
        for (int i = 0; i < 4; i++) {
            assertThat(pauses.get(i)).as("pause %d of %s", i, pauses).isBetween(wanted[i], wanted[i] + 0.35);
        }
    }

    /** Seconds from each die to the start that follows. */
    private static List<Double> pauses(String name, String since) {
        List<Double> pauses = new ArrayList<>();
        double died = 0;
        for (String line : docker.ok(
                        "events",
                        "--since",
                        since,
                        "--until",
                        Instant.now().toString(),
                        "--filter",
                        "container=" + name,
                        "--format",
                        "{{.Action}} {{.TimeNano}}")
                .lines()
                .toList()) {
            String[] words = line.split(" ");
            double at = Long.parseLong(words[1].substring(4)) / 1e9;
            if (words[0].equals("die")) {
                died = at;
            } else if (words[0].equals("start") && died != 0) {
                pauses.add(at - died);
            }
        }
        return pauses;
    }

    @Test
    void successEndsOnFailureButNotAlways() {
        run("good", "on-failure", "exit 0");
        run("ever", "always", "exit 0");
        awaitState("good", "exited false 0 0");
        Wait.until(
                Command.PATIENCE,
                () -> state("ever"),
                () -> Integer.parseInt(docker.inspect("ever", "{{.RestartCount}}")) >= 2);
    }

    @Test
    void betweenTwoRunsItIsRestarting() {
        run("loop", "always", "exit 7");
        Wait.until(
                Command.PATIENCE,
                () -> state("loop"),
                () -> Integer.parseInt(docker.inspect("loop", "{{.RestartCount}}")) >= 4
                        && state("loop").startsWith("restarting true 7"));
        assertThat(docker.inspect("loop", "{{.State.Restarting}} {{.State.Pid}}"))
                .isEqualTo("true 0");
        assertThat(docker.ok("ps", "--format", "{{.Status}}", "--filter", "name=loop", "--filter", "status=restarting"))
                .matches("Restarting \\(7\\) .* ago");
        assertThat(docker.run("exec", "loop", "true").fails(1).err())
                .contains("is restarting, wait until the container is running");
        assertThat(docker.run("rm", "loop").fails(1).err())
                .contains("container is restarting: stop the container before removing or force remove");
        assertThat(docker.ok("start", "loop")).isEqualTo("loop");
        String since = Instant.now().toString();
        assertThat(docker.ok("stop", "loop")).isEqualTo("loop");
        assertThat(state("loop")).startsWith("exited false 7");
        int count = Integer.parseInt(docker.inspect("loop", "{{.RestartCount}}"));
        Wait.pause(Duration.ofSeconds(2));
        assertThat(state("loop")).isEqualTo("exited false 7 " + count);
        assertThat(docker.ok(
                        "events",
                        "--since",
                        since,
                        "--until",
                        Instant.now().toString(),
                        "--filter",
                        "container=loop",
                        "--format",
                        "{{.Action}}"))
                .isEqualTo("stop");
        docker.ok("start", "loop");
        assertThat(Integer.parseInt(docker.inspect("loop", "{{.RestartCount}}")))
                .as("somebody's start counts anew")
                .isLessThan(count);
        docker.ok("rm", "-f", "loop");
    }

    @Test
    void whoWaitsHearsOfTheNextEnd() {
        docker.ok(
                "create",
                "--network",
                "none",
                "--name",
                "waited",
                "--restart",
                "always",
                "busybox",
                "sh",
                "-c",
                "sleep 1; exit 9");
        docker.ok("start", "waited");
        assertThat(docker.ok("wait", "waited")).isEqualTo("9");
        assertThat(state("waited")).contains(" true ");
        docker.run(
                        "run",
                        "--network",
                        "none",
                        "--restart",
                        "always",
                        "--name",
                        "front",
                        "busybox",
                        "sh",
                        "-c",
                        "exit 3")
                .fails(3);
        docker.ok("rm", "-f", "waited", "front");
    }

    @Test
    void somebodysEndIsFinal() {
        run("stopped", "always", "trap 'exit 5' TERM; while :; do sleep 0.1; done");
        run("killed", "unless-stopped", "sleep 1000");
        docker.ok("stop", "stopped");
        docker.ok("kill", "killed");
        Wait.pause(Duration.ofMillis(600));
        assertThat(state("stopped")).isEqualTo("exited false 5 0");
        assertThat(state("killed")).isEqualTo("exited false 137 0");
        docker.ok("restart", "stopped");
        assertThat(state("stopped")).isEqualTo("running true 0 0");
    }

    @Test
    void wrongPoliciesAreRefusedInDockersWords() {
        assertThat(create("\"Name\":\"sometimes\""))
                .isEqualTo(
                        "invalid restart policy: unknown policy 'sometimes'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'");
        assertThat(create("\"Name\":\"always\",\"MaximumRetryCount\":2"))
                .isEqualTo("invalid restart policy: maximum retry count can only be used with 'on-failure'");
        assertThat(create("\"Name\":\"on-failure\",\"MaximumRetryCount\":-2"))
                .isEqualTo("invalid restart policy: maximum retry count cannot be negative");
        assertThat(docker.run("run", "--rm", "--restart", "always", "busybox", "true")
                        .fails(125)
                        .err())
                .contains("conflicting options: cannot specify both --restart and --rm");
        Api.Response both = daemon.api()
                .post(
                        "/v1.51/containers/create",
                        "{\"Image\":\"busybox\",\"HostConfig\":{\"AutoRemove\":true,\"RestartPolicy\":{\"Name\":\"always\"}}}");
        assertThat(both.status()).isEqualTo(400);
        assertThat(both.text()).contains("can't create 'AutoRemove' container with restart policy");
    }

    private static String create(String policy) {
        Api.Response response = daemon.api()
                .post(
                        "/v1.51/containers/create",
                        "{\"Image\":\"busybox\",\"HostConfig\":{\"RestartPolicy\":{" + policy + "}}}");
        assertThat(response.status()).isEqualTo(400);
        return response.text().replaceAll("^\\{\"message\":\"|\"}\\s*$", "");
    }

    /** Containers, shims and daemon die at once, and the runtime directory is empty: a reboot, but for the cgroups, which stay. */
    @Test
    void afterARebootPoliciesStartWhatTheyShould() throws IOException {
        TestDaemon.onlyCairn("it is Cairn whose processes are killed");
        String sleep = "sleep 1000";
        run("no", "no", sleep);
        run("always", "always", sleep);
        run("unless", "unless-stopped", sleep);
        run("failure", "on-failure", sleep);
        run("alwaysStopped", "always", sleep);
        run("unlessStopped", "unless-stopped", sleep);
        run("failureDone", "on-failure", "exit 0");
        docker.ok("create", "--network", "none", "--name", "created", "--restart", "always", "busybox", "true");
        docker.ok("stop", "-t", "0", "alwaysStopped", "unlessStopped");
        Wait.until(
                Command.PATIENCE,
                () -> state("failureDone"),
                () -> state("failureDone").startsWith("exited"));
        List<String> shims = shims();
        assertThat(shims).hasSize(4);
        daemon.kill();
        for (String pid : shims) {
            Command.run("kill", "-KILL", pid);
        }
        for (String pid : processes()) {
            Command.run("kill", "-KILL", pid);
        }
        Command.run("find", daemon.execRoot().toString(), "-mindepth", "1", "-delete")
                .ok();
        daemon.start();
        for (String name : List.of("always", "unless", "failure", "alwaysStopped")) {
            awaitState(name, "running true 0 " + docker.inspect(name, "{{.RestartCount}}"));
        }
        assertThat(state("no")).isEqualTo("exited false 255 0");
        assertThat(state("unlessStopped")).startsWith("exited false 137");
        assertThat(state("failureDone")).isEqualTo("exited false 0 0");
        assertThat(state("created")).isEqualTo("created false 0 0");
        assertThat(docker.ok("exec", "always", "echo", "alive")).isEqualTo("alive");
    }

    private static List<String> shims() {
        List<String> pids = new ArrayList<>();
        for (String name : docker.ok("ps", "-q", "--no-trunc").lines().toList()) {
            Path file = daemon.execRoot()
                    .resolve("c")
                    .resolve(name.substring(0, 20))
                    .resolve("pid");
            try {
                pids.add(Files.readString(file).split(" ")[2]);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return pids;
    }

    /** What still runs in the daemon's cgroups. */
    private static List<String> processes() {
        return Command.run(
                        "sh",
                        "-c",
                        "find /sys/fs/cgroup -path '*" + daemon.cgroupParent()
                                + "/*' -name cgroup.procs -exec cat {} + | sort -u")
                .out()
                .lines()
                .toList();
    }

    @Test
    void aKilledDaemonGoesOnWithTheBackOff() {
        TestDaemon.onlyCairn("it is Cairn that is killed");
        run("loop", "always", "echo run; exit 1");
        Wait.until(
                Command.PATIENCE,
                () -> state("loop"),
                () -> Integer.parseInt(docker.inspect("loop", "{{.RestartCount}}")) >= 3);
        daemon.kill();
        daemon.start();
        long runs = docker.ok("logs", "loop").lines().count();
        Wait.until(
                Command.PATIENCE,
                () -> docker.ok("logs", "loop"),
                () -> docker.ok("logs", "loop").lines().count() > runs + 1);
        docker.ok("rm", "-f", "loop");
    }
}
