package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tools of another image in the namespaces of a container that has none. */
final class DebugIT {
    private static TestDaemon daemon;
    private static DockerCli docker;

    @BeforeAll
    static void start() throws IOException {
        TestDaemon.onlyCairn("Docker's own needs its cloud");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
        // One program and nothing else: no shell could be opened by exec.
        Path root = Files.createDirectories(daemon.directory().resolve("bare"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("sleep"));
        Files.writeString(root.resolve("secret"), "of the container\n");
        Command.run(
                        "sh",
                        "-c",
                        "tar -C " + root + " -cf - . | DOCKER_HOST=unix://" + daemon.socket()
                                + " docker import -c 'CMD [\"/sleep\", \"1000\"]' - bare")
                .ok();
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            daemon.close();
        }
    }

    private static Command.Result debug(String... words) {
        String[] whole = new String[words.length + 1];
        whole[0] = "debug";
        System.arraycopy(words, 0, whole, 1, words.length);
        return daemon.cairn(whole);
    }

    @Test
    void seesWhatTheContainerHasAndLeavesNothing() {
        docker.ok("run", "-d", "--name", "web", "-u", "7:7", "bare");
        LeakLedger before = LeakLedger.of(daemon);
        assertThat(docker.run("exec", "web", "sh").exit()).isEqualTo(127);
        String ids = "for n in pid net ipc mnt uts; do readlink /proc/self/ns/$n; done";
        var shown = debug(
                        "--image",
                        "busybox",
                        "web",
                        "sh",
                        "-c",
                        "cat /proc/1/root/secret; cat /proc/1/cmdline | tr '\\0' ' '; echo; "
                                + "ls /proc/1/root; hostname -i 2>/dev/null; " + ids)
                .ok();
        assertThat(shown.err()).contains("The files of web are below /proc/1/root.");
        assertThat(shown.out())
                .startsWith("of the container\n/sleep 1000 \n")
                .contains("secret")
                .contains(namespace("pid"))
                .contains(namespace("net"))
                .doesNotContain(namespace("mnt"))
                .doesNotContain(namespace("ipc"));
        assertThat(debug("--image", "busybox", "web", "sh", "-c", "exit 9").exit())
                .isEqualTo(9);
        assertThat(docker.ok("ps", "-aq").lines()).hasSize(1);
        before.awaitSame(daemon);
        docker.ok("rm", "-f", "web");
    }

    private static String namespace(String kind) {
        String pid = docker.ok("inspect", "-f", "{{.State.Pid}}", "web");
        return Command.run("readlink", "/proc/" + pid + "/ns/" + kind).ok().text();
    }

    /** What is typed elsewhere: {@code docker exec -i}, {@code -it}. */
    @Test
    void linesOfAPipeAreReadAndATerminalWantsOne() {
        docker.ok("run", "-d", "--name", "piped", "bare");
        for (String flags : List.of("", "-i ", "--interactive ")) {
            String line = "echo 'cat /proc/1/root/secret; exit 5' | "
                    + TestDaemon.dist().resolve("bin/cairn") + " debug " + flags + "--image busybox piped";
            Command.Result result =
                    Command.run(Map.of("DOCKER_HOST", "unix://" + daemon.socket()), List.of("sh", "-c", line), "");
            assertThat(result.fails(5).out()).as(flags).isEqualTo("of the container\n");
        }
        assertThat(debug("-it", "--image", "busybox", "piped", "true")
                        .fails(125)
                        .err())
                .contains("the input device is not a TTY");
        docker.ok("rm", "-f", "piped");
    }

    @Test
    void sharedMemoryIsJoinedWhereItIsShared() {
        docker.ok("run", "-d", "--name", "sharing", "--ipc", "shareable", "bare");
        String pid = docker.ok("inspect", "-f", "{{.State.Pid}}", "sharing");
        assertThat(debug("--image", "busybox", "sharing", "readlink", "/proc/self/ns/ipc")
                        .ok()
                        .text())
                .isEqualTo(
                        Command.run("readlink", "/proc/" + pid + "/ns/ipc").ok().text());
        docker.ok("rm", "-f", "sharing");
    }

    @Test
    void whatDoesNotRunIsSaid() {
        docker.ok("create", "--name", "still", "bare");
        assertThat(debug("still").fails(1).err())
                .contains("container still does not run, so there are no namespaces to enter");
        assertThat(debug("nobody").fails(1).err()).contains("No such container: nobody");
        docker.ok("rm", "still");
    }
}
