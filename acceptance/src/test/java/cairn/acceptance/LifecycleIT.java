package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Api.Response;
import cairn.acceptance.Command.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From create to rm: states, lists, signals, events, and a daemon that comes and goes meanwhile. */
final class LifecycleIT {
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

    private static String sleeping(String name) {
        return docker.ok("run", "-d", "--network", "none", "--name", name, "busybox", "sleep", "1000");
    }

    private static String state(String name) {
        return docker.inspect(name, "{{.State.Status}} {{.State.Running}} {{.State.ExitCode}}");
    }

    @Test
    void statesFollowTheVerbs() {
        String id = docker.ok("create", "--name", "life", "--network", "none", "busybox", "sleep", "1000");
        assertThat(id).matches("[0-9a-f]{64}");
        assertThat(state("life")).isEqualTo("created false 0");
        assertThat(docker.ok("start", "life")).isEqualTo("life");
        assertThat(state("life")).isEqualTo("running true 0");
        assertThat(docker.ok("stop", "-t", "1", "life")).isEqualTo("life");
        assertThat(state("life")).isEqualTo("exited false 137");
        docker.ok("start", "life");
        assertThat(state("life")).isEqualTo("running true 0");
        assertThat(docker.ok("rm", "-f", "life")).isEqualTo("life");
        assertThat(docker.run("inspect", "life").fails(1).err()).contains("No such object: life");
    }

    @Test
    void startAndStopTwiceAreNoErrors() {
        String id = sleeping("twice");
        assertThat(daemon.api().post("/v1.41/containers/" + id + "/start", "").status())
                .isEqualTo(304);
        docker.ok("kill", "twice");
        docker.ok("wait", "twice");
        assertThat(daemon.api().post("/v1.41/containers/" + id + "/stop", "").status())
                .isEqualTo(304);
    }

    @Test
    void psShowsWhatRuns() {
        String id = sleeping("runs");
        docker.ok("create", "--name", "waits", "busybox", "echo", "a word");
        assertThat(docker.run("ps").ok().lines().getFirst().split(" {2,}"))
                .containsExactly("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES");
        assertThat(docker.ok("ps", "--format", "{{.ID}}|{{.Image}}|{{.Command}}|{{.Names}}|{{.State}}"))
                .isEqualTo(id.substring(0, 12) + "|busybox|\"sleep 1000\"|runs|running");
        assertThat(docker.ok("ps", "--format", "{{.Status}}")).matches("Up (Less than a second|\\d+ seconds?)");
        assertThat(docker.ok("ps", "-a", "--format", "{{.Names}} {{.Status}}").lines())
                .contains("waits Created");
        assertThat(docker.ok("ps", "-q", "--no-trunc")).isEqualTo(id);
        assertThat(docker.ok("ps", "-aq").lines()).hasSize(2);
    }

    @Test
    void psFilters() {
        docker.ok(
                "run",
                "-d",
                "--network",
                "none",
                "--name",
                "blue-one",
                "--label",
                "colour=blue",
                "busybox",
                "sleep",
                "1000");
        docker.ok("create", "--name", "red-one", "--label", "colour=red", "busybox");
        docker.run("run", "--network", "none", "--name", "failed", "busybox", "sh", "-c", "exit 3")
                .fails(3);
        assertThat(names("label=colour=blue")).containsExactly("blue-one");
        assertThat(names("label=colour")).containsExactlyInAnyOrder("blue-one", "red-one");
        assertThat(names("name=one")).containsExactlyInAnyOrder("blue-one", "red-one");
        assertThat(names("name=^/red")).containsExactly("red-one");
        assertThat(names("status=running")).containsExactly("blue-one");
        assertThat(names("status=created")).containsExactly("red-one");
        assertThat(names("exited=3")).containsExactly("failed");
        assertThat(names("ancestor=busybox")).hasSize(3);
        assertThat(names("ancestor=other")).isEmpty();
        assertThat(docker.run("ps", "--filter", "colour=blue").fails(1).err())
                .containsIgnoringCase("invalid filter 'colour'");
    }

    private static List<String> names(String filter) {
        return docker.run("ps", "-a", "--filter", filter, "--format", "{{.Names}}")
                .ok()
                .lines();
    }

    @Test
    void waitGivesTheExitStatus() {
        docker.ok("run", "-d", "--network", "none", "--name", "soon", "busybox", "sh", "-c", "sleep 1; exit 12");
        assertThat(docker.ok("wait", "soon")).isEqualTo("12");
        assertThat(docker.ok("wait", "soon")).isEqualTo("12");
    }

    @Test
    void killSendsTheNamedSignal() {
        docker.ok(
                "run",
                "-d",
                "--network",
                "none",
                "--name",
                "trap",
                "busybox",
                "sh",
                "-c",
                "trap 'exit 21' USR1; echo ready; while :; do sleep 0.1; done");
        Wait.until(
                Command.PATIENCE,
                () -> "ready",
                () -> docker.run("logs", "trap").out().contains("ready"));
        assertThat(docker.ok("kill", "-s", "USR1", "trap")).isEqualTo("trap");
        assertThat(docker.ok("wait", "trap")).isEqualTo("21");
        assertThat(docker.run("kill", "trap").fails(1).err()).containsIgnoringCase("is not running");
        sleeping("victim");
        docker.ok("kill", "victim");
        assertThat(docker.ok("wait", "victim")).isEqualTo("137");
        assertThat(docker.run("kill", "-s", "NONSENSE", "victim").fails(1).err())
                .containsIgnoringCase("invalid signal: NONSENSE");
    }

    @Test
    void whatIsNoSignalIsSaidAndSentToNobody() {
        sleeping("deaf");
        for (String number : List.of("32", "65", "99", "-1")) {
            assertThat(docker.run("kill", "-s", number, "deaf").fails(1).err())
                    .as(number)
                    .containsIgnoringCase("cannot kill container: deaf: the linux daemon does not support signal "
                            + (TestDaemon.isDocker() && number.equals("-1") ? "" : number));
        }
        for (String name : List.of("0", "SIG9", "UNUSED", "RTMIN+16", "RTMAX+1", "RTMIN+01", " 9")) {
            assertThat(docker.run("kill", "-s", name, "deaf").fails(1).err())
                    .as(name)
                    .containsIgnoringCase("invalid signal: " + name);
        }
        assertThat(docker.inspect("deaf", "{{.State.Status}}")).isEqualTo("running");
        assertThat(docker.run("kill", "nobody").fails(1).err())
                .containsIgnoringCase("cannot kill container: nobody: No such container: nobody");
    }

    @Test
    void aLinkIsNotTakenForItsContainer() {
        docker.ok("create", "--name", "linked", "--network", "none", "busybox");
        assertThat(docker.run("rm", "--link", "linked").fails(1).err())
                .contains("Conflict, cannot remove the default link name of the container");
        assertThat(docker.ok("ps", "-aq", "--filter", "name=linked")).isNotEmpty();
    }

    @Test
    void stopAsksBeforeItKills() {
        docker.ok(
                "run",
                "-d",
                "--network",
                "none",
                "--name",
                "polite",
                "busybox",
                "sh",
                "-c",
                "trap 'exit 0' TERM; echo ready; while :; do sleep 0.1; done");
        Wait.until(
                Command.PATIENCE,
                () -> "ready",
                () -> docker.run("logs", "polite").out().contains("ready"));
        long start = System.nanoTime();
        docker.ok("stop", "-t", "10", "polite");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(state("polite")).isEqualTo("exited false 0");
    }

    @Test
    void restartGivesANewProcess() {
        sleeping("again");
        String before = docker.inspect("again", "{{.State.Pid}} {{.State.StartedAt}}");
        assertThat(docker.ok("restart", "-t", "0", "again")).isEqualTo("again");
        assertThat(state("again")).isEqualTo("running true 0");
        assertThat(docker.inspect("again", "{{.State.Pid}} {{.State.StartedAt}}"))
                .isNotEqualTo(before);
    }

    @Test
    void writtenFilesSurviveARestart() {
        docker.ok("run", "--network", "none", "--name", "keeps", "busybox", "sh", "-c", "echo x >>/kept; cat /kept");
        assertThat(docker.ok("start", "-a", "keeps")).isEqualTo("x\nx");
    }

    @Test
    void renameTakesAFreeName() {
        String id = sleeping("old-name");
        docker.ok("create", "--name", "other", "busybox");
        docker.ok("rename", "old-name", "new-name");
        assertThat(docker.inspect("new-name", "{{.Id}} {{.Name}}")).isEqualTo(id + " /new-name");
        assertThat(docker.run("rename", "new-name", "other").fails(1).err())
                .contains("Conflict. The container name \"/other\" is already in use");
        docker.run("inspect", "old-name").fails(1);
    }

    @Test
    void renameSaysWhatItFailedAt() {
        sleeping("one");
        sleeping("two");
        assertThat(docker.run("rename", "one", "two").fails(1).err())
                .contains("Error when allocating new name: Conflict. The container name \"/two\" is already in use");
        assertThat(docker.run("rename", "one", "a/b").fails(1).err())
                .contains("Error when allocating new name: Invalid container name (/a/b), only");
        assertThat(docker.run("rename", "one", "one").fails(1).err())
                .contains("Renaming a container with the same name as its current name");
        assertThat(daemon.api().post("/containers/one/rename?name=", "").text())
                .contains("Neither old nor new names may be empty");
    }

    @Test
    void topShowsTheProcesses() {
        docker.ok("run", "-d", "--network", "none", "--name", "pair", "busybox", "sh", "-c", "sleep 1001 & sleep 1002");
        Result top = docker.run("top", "pair").ok();
        assertThat(top.lines().getFirst().split(" +"))
                .containsExactly("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");
        assertThat(top.out()).contains("sleep 1001").contains("sleep 1002");
        assertThat(top.out()).contains(docker.inspect("pair", "{{.State.Pid}}"));
    }

    @Test
    void runningContainerIsNotRemovedUnlessForced() {
        String id = sleeping("busy");
        Result refused = docker.run("rm", "busy").fails(1);
        assertThat(refused.err())
                .contains(
                        TestDaemon.isDocker()
                                ? "You cannot remove a running container"
                                : "cannot remove container \"busy\": container is running: stop the container before removing or force remove");
        docker.ok("rm", "-f", "busy");
        assertThat(docker.run("inspect", id).fails(1).err()).contains("No such object");
        Response gone = daemon.api().delete("/v1.41/containers/" + id);
        assertThat(gone.status()).isEqualTo(404);
        assertThat(gone.text()).isEqualTo("{\"message\":\"No such container: " + id + "\"}");
    }

    @Test
    void inspectHasDockersShape() {
        String id =
                docker.ok("run", "-d", "--name", "shape", "-e", "A=b", "--label", "l=v", "busybox", "sleep", "1000");
        assertThat(docker.inspect("shape", "{{.Id}}|{{.Path}}|{{json .Args}}|{{.Name}}|{{.Driver}}|{{.Config.Image}}"))
                .isEqualTo(id + "|sleep|[\"1000\"]|/shape|overlay2|busybox");
        assertThat(docker.inspect("shape", "{{.Image}}")).isEqualTo(docker.inspect("busybox", "{{.Id}}"));
        assertThat(docker.inspect("shape", "{{.GraphDriver.Data.LowerDir}}")).contains("-init/diff:");
        assertThat(docker.inspect("shape", "{{.HostConfig.NetworkMode}}|{{.HostConfig.RestartPolicy.Name}}"))
                .matches("(default|bridge)\\|no");
        assertThat(docker.inspect("shape", "{{.NetworkSettings.Gateway}}|{{.NetworkSettings.IPPrefixLen}}"))
                .isEqualTo(daemon.subnet() + ".1|24");
        assertThat(docker.inspect("shape", "{{.NetworkSettings.MacAddress}}")).startsWith("02:42:");
        assertThat(docker.inspect("shape", "{{.ResolvConfPath}} {{.HostnamePath}} {{.HostsPath}}"))
                .contains("/containers/" + id + "/hosts");
        docker.ok("rm", "-f", "shape");
    }

    @Test
    void mountTableShowsDockersOverlay() {
        String id = sleeping("mounted");
        String merged = docker.inspect(id, "{{.GraphDriver.Data.MergedDir}}");
        String pid = docker.inspect(id, "{{.State.Pid}}");
        String root = Command.run("sh", "-c", "grep ' / overlay\\| / / ' /proc/%s/mountinfo".formatted(pid))
                .text();
        assertThat(merged).matches(".*/overlay2/[0-9a-f]{64}/merged");
        assertThat(root)
                .containsPattern(
                        "lowerdir=[^,]*/l/[A-Z0-9]{26}:[^,]*/l/[A-Z0-9]{26},upperdir=[^,]*/[0-9a-f]{64}/diff,workdir=[^,]*/work");
    }

    @Test
    void eventsTellTheStory() {
        String since = Long.toString(System.currentTimeMillis() / 1000 - 1);
        docker.ok("run", "--rm", "--network", "none", "--name", "story", "busybox", "true");
        sleeping("other");
        docker.ok("kill", "other");
        docker.ok("wait", "other");
        docker.ok("rm", "other");
        Wait.pause(Duration.ofMillis(500));
        String until = Long.toString(System.currentTimeMillis() / 1000 + 1);
        List<String> story = docker.run(
                        "events",
                        "--since",
                        since,
                        "--until",
                        until,
                        "--filter",
                        "container=story",
                        "--filter",
                        "type=container",
                        "--format",
                        "{{.Action}}")
                .ok()
                .lines();
        assertThat(story).containsExactly("create", "attach", "start", "die", "destroy");
        List<String> other = docker.run(
                        "events",
                        "--since",
                        since,
                        "--until",
                        until,
                        "--filter",
                        "container=other",
                        "--filter",
                        "type=container",
                        "--format",
                        "{{.Action}}")
                .ok()
                .lines();
        assertThat(other).containsExactly("create", "start", "kill", "die", "destroy");
        assertThat(docker.run(
                                "events",
                                "--since",
                                since,
                                "--until",
                                until,
                                "--filter",
                                "event=die",
                                "--filter",
                                "container=other",
                                "--format",
                                "{{index .Actor.Attributes \"exitCode\"}} {{index .Actor.Attributes \"image\"}} {{index .Actor.Attributes \"name\"}}")
                        .ok()
                        .text())
                .isEqualTo("137 busybox other");
    }

    /** A filter on a kind of thing is one on the beginning of a name or id; what Docker does not know it does not mind. */
    @Test
    void eventsAreFilteredByDockersRules() {
        String since = Long.toString(System.currentTimeMillis() / 1000 - 1);
        docker.ok("create", "--name", "filtered1", "--network", "none", "-l", "l=1", "busybox");
        docker.ok("volume", "create", "filteredvolume");
        docker.ok("network", "create", "filterednet");
        docker.ok("tag", "busybox", "filtered:tag");
        docker.ok("rmi", "filtered:tag");
        docker.ok("volume", "rm", "filteredvolume");
        docker.ok("network", "rm", "filterednet");
        docker.ok("rm", "filtered1");
        assertThat(filteredEvents(since, "container=filtered1"))
                .containsExactly("container create", "container destroy");
        assertThat(filteredEvents(since, "container=filtered1", "bogus=1"))
                .containsExactly("container create", "container destroy");
        assertThat(filteredEvents(since, "container=filtered", "event=create"))
                .containsExactly("container create", "network create", "volume create");
        assertThat(filteredEvents(since, "image=filtered")).containsExactly("image tag");
        assertThat(filteredEvents(since, "image=filtered:tag")).containsExactly("image tag");
        assertThat(filteredEvents(since, "image=busybox", "label=l=1"))
                .containsExactly("container create", "container destroy");
        assertThat(filteredEvents(since, "container=filtered1", "event=creat")).isEmpty();
        assertThat(filteredEvents(since, "network=filterednet", "scope=swarm")).isEmpty();
        assertThat(docker.run("events", "--since", "100", "--until", "50")
                        .fails(1)
                        .err())
                .contains("`since` time (100) cannot be after `until` time (50)");
    }

    private static List<String> filteredEvents(String since, String... filters) {
        List<String> command = new ArrayList<>(List.of("events", "--since", since, "--until=-1s"));
        for (String filter : filters) {
            command.addAll(List.of("--filter", filter));
        }
        command.addAll(List.of("--format", "{{.Type}} {{.Action}}"));
        return docker.run(command.toArray(String[]::new)).ok().lines().stream()
                .sorted()
                .toList();
    }

    @Test
    void anUntaggedImageIsToldWithItsLabels() {
        Images.importBusybox(daemon, "labelled", "LABEL kind=test");
        docker.ok("rmi", "labelled");
        assertThat(docker.ok(
                        "events",
                        "--since",
                        "60s",
                        "--until=-1s",
                        "--filter",
                        "event=untag",
                        "--filter",
                        "label=kind=test",
                        "--format",
                        "{{.Actor.Attributes.kind}}"))
                .isEqualTo("test");
    }

    @Test
    void eventsArriveLive() {
        try (Command events = docker.start(
                "events", "--filter", "type=container", "--format", "{{.Action}} {{.Actor.Attributes.name}}")) {
            Wait.pause(Duration.ofMillis(500));
            docker.ok("create", "--name", "seen", "busybox");
            events.awaitOutput("create seen");
        }
    }

    @Test
    void attachSeesWhatComesAfter() {
        docker.ok("run", "-d", "-i", "--network", "none", "--name", "echo", "busybox", "cat");
        try (Command attached = docker.start("attach", "echo")) {
            attached.write("through\n");
            attached.awaitOutput("through");
            // Started in the background, it keeps its input open for whoever attaches next.
            attached.endInput();
            Wait.pause(Duration.ofMillis(300));
        }
        try (Command attached = docker.start("attach", "echo")) {
            attached.write("again\n");
            attached.awaitOutput("again");
        }
    }

    // ---- containers outlive the daemon

    @Test
    void containerLivesOnWhileTheDaemonRestarts() {
        sleeping("survivor");
        String before = docker.inspect("survivor", "{{.State.Pid}} {{.State.StartedAt}}");
        daemon.restart();
        assertThat(state("survivor")).isEqualTo("running true 0");
        assertThat(docker.inspect("survivor", "{{.State.Pid}} {{.State.StartedAt}}"))
                .isEqualTo(before);
        assertThat(docker.ok("exec", "survivor", "echo", "still here")).isEqualTo("still here");
        docker.ok("stop", "-t", "0", "survivor");
        assertThat(state("survivor")).isEqualTo("exited false 137");
    }

    @Test
    void exitWhileTheDaemonWasDeadIsReported() {
        docker.ok(
                "run",
                "-d",
                "--network",
                "none",
                "--name",
                "missed",
                "busybox",
                "sh",
                "-c",
                "sleep 1; echo last words; exit 33");
        daemon.kill();
        Wait.pause(Duration.ofSeconds(2));
        daemon.start();
        Wait.until(Command.PATIENCE, () -> "the exit", () -> state("missed").startsWith("exited"));
        assertThat(state("missed")).isEqualTo("exited false 33");
        assertThat(docker.ok("logs", "missed")).isEqualTo("last words");
    }

    @Test
    void killedDaemonFindsTerminalAndInputAgain() {
        docker.ok("run", "-dit", "--network", "none", "--name", "shell", "busybox", "sh");
        daemon.kill();
        daemon.start();
        try (Command attached = docker.terminal("attach", "shell")) {
            Wait.pause(Duration.ofMillis(500));
            attached.write("echo $((3*5))\r");
            attached.awaitOutput("15");
            attached.write("exit 8\r");
            attached.await().fails(8);
        }
        assertThat(state("shell")).isEqualTo("exited false 8");
    }

    @Test
    void networkedContainerKeepsItsAddress() {
        docker.ok("run", "-d", "--name", "net", "busybox", "sleep", "1000");
        String address = docker.inspect("net", "{{.NetworkSettings.IPAddress}}");
        daemon.kill();
        daemon.start();
        assertThat(docker.inspect("net", "{{.NetworkSettings.IPAddress}}")).isEqualTo(address);
        assertThat(docker.ok("run", "--rm", "busybox", "ip", "-4", "addr", "show", "eth0"))
                .doesNotContain(address + "/");
    }

    @Test
    void eventsOutliveTheDaemon() {
        TestDaemon.onlyCairn("Docker forgets");
        String since = java.time.Instant.now().toString();
        docker.ok("run", "--network", "none", "--name", "before", "busybox", "true");
        try (Command following = Command.start(
                java.util.Map.of("DOCKER_HOST", "unix://" + daemon.socket()),
                List.of(TestDaemon.dist().resolve("bin/cairn").toString(), "events", "--since", since))) {
            following.awaitOutput("die");
            daemon.kill();
            Result broken = following.await();
            assertThat(broken.exit()).isNotZero();
            assertThat(broken.err()).contains("the daemon has ended in the middle of its answer");
        }
        daemon.start();
        docker.ok("run", "--network", "none", "--name", "after", "busybox", "true");
        assertThat(docker.ok(
                                "events",
                                "--since",
                                since,
                                "--until",
                                java.time.Instant.now().toString(),
                                "--filter",
                                "type=container",
                                "--format",
                                "{{.Actor.Attributes.name}} {{.Action}}")
                        .lines()
                        .filter(line -> !line.contains("attach")))
                .containsExactly(
                        "before create", "before start", "before die", "after create", "after start", "after die");
    }

    @Test
    void unknownContainersAreNamed() {
        for (String verb : List.of("start", "stop", "kill", "restart", "rm", "wait", "top", "attach")) {
            assertThat(docker.run(verb, "nobody").fails(1).err())
                    .as(verb)
                    .containsIgnoringCase("No such container: nobody");
        }
    }
}
