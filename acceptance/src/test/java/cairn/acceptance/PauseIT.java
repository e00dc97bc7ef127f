package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Containers that stand still: what may be done with them, what brings them back, and who remembers. */
final class PauseIT {
    private static final String COUNT = "i=0; while true; do i=$((i+1)); echo $i; sleep 0.02; done";

    private static TestDaemon daemon;
    private static DockerCli docker;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
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

    private static void counting(String name, String... flags) {
        List<String> words = new ArrayList<>(List.of("run", "-d", "--network", "none", "--name", name));
        words.addAll(List.of(flags));
        words.addAll(List.of("box", "sh", "-c", COUNT));
        docker.ok(words.toArray(String[]::new));
        Wait.until(Command.PATIENCE, () -> name, () -> !docker.ok("logs", name).isEmpty());
    }

    private static boolean moves(String name) {
        String before = docker.ok("logs", "--tail", "1", name);
        Wait.pause(Duration.ofMillis(200));
        return !docker.ok("logs", "--tail", "1", name).equals(before);
    }

    private static String state(String name) {
        return docker.inspect(name, "{{.State.Status}} {{.State.Running}} {{.State.Paused}}");
    }

    private static String status(String name) {
        return docker.ok("ps", "-a", "--filter", "name=" + name, "--format", "{{.Status}}");
    }

    @Test
    void stopsAndGoesOn() {
        counting("box1");
        String since = Long.toString(System.currentTimeMillis() / 1000);
        assertThat(docker.ok("pause", "box1")).isEqualTo("box1");
        assertThat(moves("box1")).isFalse();
        assertThat(state("box1")).isEqualTo("paused true true");
        assertThat(status("box1")).startsWith("Up ").endsWith(" (Paused)");
        assertThat(docker.ok("ps", "-q", "--filter", "status=paused").lines()).hasSize(1);
        assertThat(docker.ok("ps", "-q", "--filter", "status=running")).isEmpty();
        assertThat(docker.ok("top", "box1")).contains("sleep");
        assertThat(docker.ok("unpause", "box1")).isEqualTo("box1");
        assertThat(moves("box1")).isTrue();
        assertThat(state("box1")).isEqualTo("running true false");
        assertThat(docker.ok(
                        "events",
                        "--since",
                        since,
                        "--until=-1s",
                        "--filter",
                        "container=box1",
                        "--filter",
                        "event=pause",
                        "--filter",
                        "event=unpause",
                        "--format",
                        "{{.Action}}"))
                .isEqualTo("pause\nunpause");
    }

    @Test
    void whatDoesNotFitIsRefusedInDockersWords() {
        counting("box2");
        String id = docker.inspect("box2", "{{.Id}}");
        assertThat(docker.run("unpause", "box2").fails(1).err())
                .containsIgnoringCase("container " + id + " is not paused");
        docker.ok("pause", "box2");
        assertThat(docker.run("pause", "box2").fails(1).err())
                .containsIgnoringCase("container " + id + " is already paused");
        assertThat(docker.run("exec", "box2", "true").fails(1).err())
                .containsIgnoringCase("container box2 is paused, unpause the container before exec");
        assertThat(docker.run("start", "box2").fails(1).err())
                .contains("cannot start a paused container, try unpause instead");
        assertThat(docker.run("attach", "box2").fails(1).err())
                .containsIgnoringCase("cannot attach to a paused container");
        assertThat(docker.run("rm", "box2").fails(1).err()).containsIgnoringCase("paused");
        assertThat(state("box2")).isEqualTo("paused true true");
        docker.ok("kill", "box2");
        assertThat(docker.run("pause", "box2").fails(1).err())
                .containsIgnoringCase("container " + id + " is not running");
    }

    @Test
    void signalsThatEndItLetItGoOn() {
        counting("killed");
        docker.ok("pause", "killed");
        docker.ok("kill", "killed");
        assertThat(docker.ok("wait", "killed")).isEqualTo("137");
        counting("stopped", "--stop-signal", "KILL");
        docker.ok("pause", "stopped");
        docker.ok("stop", "stopped");
        assertThat(docker.inspect("stopped", "{{.State.Status}} {{.State.Paused}} {{.State.ExitCode}}"))
                .isEqualTo("exited false 137");
        counting("other", "--stop-signal", "USR1");
        docker.ok("pause", "other");
        docker.ok("kill", "-s", "WINCH", "other");
        assertThat(state("other")).isEqualTo("paused true true");
        docker.ok("restart", "-t", "0", "other");
        assertThat(state("other")).isEqualTo("running true false");
        assertThat(moves("other")).isTrue();
        docker.ok("pause", "other");
        docker.ok("rm", "-f", "other");
    }

    @Test
    void aCommitLeavesItPaused() {
        counting("box3");
        docker.ok("pause", "box3");
        docker.ok("commit", "box3", "made:paused");
        assertThat(state("box3")).isEqualTo("paused true true");
        assertThat(moves("box3")).isFalse();
        docker.ok("unpause", "box3");
        assertThat(moves("box3")).isTrue();
    }

    @Test
    void theNextDaemonKnows() {
        TestDaemon.onlyCairn("only Cairn's containers live on");
        counting("kept");
        counting("runs");
        docker.ok("pause", "kept");
        daemon.kill();
        daemon.start();
        assertThat(state("kept")).isEqualTo("paused true true");
        assertThat(moves("kept")).isFalse();
        assertThat(moves("runs")).isTrue();
        assertThat(daemon.cairn("unpause", "kept").ok().text()).isEqualTo("kept");
        assertThat(moves("kept")).isTrue();
        assertThat(daemon.cairn("pause", "kept", "runs").ok().lines()).containsExactly("kept", "runs");
        assertThat(daemon.cairn("rm", "-f", "kept", "runs").ok().lines()).hasSize(2);
    }
}
