package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Api.Response;
import cairn.acceptance.Command.Result;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docker exec}: a further process in a running container. */
final class ExecIT {
    private static TestDaemon daemon;
    private static DockerCli docker;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
        docker.ok("run", "-d", "--name", "box", "--network", "none", "-e", "FROM=run", "busybox", "sleep", "1000");
    }

    @AfterAll
    static void end() {
        daemon.close();
    }

    @Test
    void outputsAndStatusComeBack() {
        Result result = docker.run("exec", "box", "sh", "-c", "echo out; echo err >&2; exit 4")
                .fails(4);
        assertThat(result.out()).isEqualTo("out\n");
        assertThat(result.err()).isEqualTo("err\n");
    }

    @Test
    void processIsInTheContainersNamespaces() {
        assertThat(docker.ok("exec", "box", "cat", "/proc/1/cmdline").replace('\0', ' '))
                .startsWith("sleep 1000");
        for (String namespace : new String[] {"mnt", "net", "uts", "ipc", "pid"}) {
            assertThat(docker.ok("exec", "box", "readlink", "/proc/self/ns/" + namespace))
                    .isEqualTo(docker.ok("exec", "box", "readlink", "/proc/1/ns/" + namespace));
        }
        assertThat(docker.ok("exec", "box", "cat", "/proc/self/cgroup"))
                .isEqualTo(docker.ok("exec", "box", "cat", "/proc/1/cgroup"));
    }

    @Test
    void processHasTheContainersLimits() {
        String own = docker.ok("exec", "box", "sh", "-c", "grep -E 'Cap|Seccomp:|NoNewPrivs' /proc/self/status");
        String first = docker.ok("exec", "box", "sh", "-c", "grep -E 'Cap|Seccomp:|NoNewPrivs' /proc/1/status");
        assertThat(own).isEqualTo(first);
    }

    @Test
    void privilegedHasAllCapabilitiesButTheContainersFilter() {
        TestDaemon.onlyCairn("runc asks for capabilities that this machine does not have");
        String status = "grep -E 'CapEff|Seccomp:' /proc/self/status";
        assertThat(docker.ok("exec", "--privileged", "box", "sh", "-c", status))
                .isEqualTo("CapEff:\t" + capabilitiesOfTheHost() + "\nSeccomp:\t2");
    }

    private static String capabilitiesOfTheHost() {
        return docker.ok("run", "--rm", "--privileged", "busybox", "sh", "-c", "grep CapEff /proc/self/status")
                .substring("CapEff:\t".length());
    }

    @Test
    void standardInput() {
        assertThat(docker.runWithInput("abc", "exec", "-i", "box", "sh", "-c", "cat; echo end")
                        .ok()
                        .out())
                .isEqualTo("abcend\n");
    }

    @Test
    void environmentWorkdirAndUser() {
        assertThat(docker.ok("exec", "-e", "A=b c", "box", "sh", "-c", "echo \"$A $FROM\""))
                .isEqualTo("b c run");
        assertThat(docker.ok("exec", "-w", "/home/user", "box", "pwd")).isEqualTo("/home/user");
        assertThat(docker.ok("exec", "-u", "user", "box", "id", "-un")).isEqualTo("user");
        assertThat(docker.ok("exec", "-u", "1:2", "box", "sh", "-c", "id -u; id -g"))
                .isEqualTo("1\n2");
    }

    @Test
    void terminal() {
        try (Command shell = docker.terminal("exec", "-it", "box", "sh")) {
            shell.awaitOutput("# ");
            shell.write("stty size; tty\r");
            shell.awaitOutput("24 80");
            shell.awaitOutput("/dev/pts/");
            shell.write("exit 6\r");
            shell.await().fails(6);
        }
    }

    @Test
    void detachedRunsOnItsOwn() {
        assertThat(docker.ok("exec", "-d", "box", "sh", "-c", "echo done >/tmp/detached"))
                .isEmpty();
        Wait.until(
                Command.PATIENCE,
                () -> "the file",
                () -> docker.run("exec", "box", "cat", "/tmp/detached").text().equals("done"));
    }

    @Test
    void unknownProgramIs127AndNoProgramIs126() {
        // Docker 20.10 said 126 here.
        Result missing = docker.run("exec", "box", "no-such-program").fails(TestDaemon.isDocker() ? 126 : 127);
        assertThat(missing.out() + missing.err())
                .contains("exec: \"no-such-program\": executable file not found in $PATH");
        Result plain = docker.run("exec", "box", "/etc/plain").fails(126);
        assertThat(plain.out() + plain.err()).contains("permission denied");
    }

    /** Docker judges by the error's words: a directory that is missing is 127, one that is a file, too. */
    @Test
    void wrongDirectoriesAndNoNameAtAllAre127() {
        int missing = TestDaemon.isDocker() ? 126 : 127;
        Result nowhere = docker.run("exec", "-w", "/nowhere", "box", "true").fails(missing);
        assertThat(nowhere.out() + nowhere.err())
                .contains("chdir to cwd (\"/nowhere\") set in config.json failed: no such file or directory: unknown");
        Result file = docker.run("exec", "-w", "/etc/plain", "box", "true").fails(missing);
        assertThat(file.out() + file.err())
                .contains(
                        "set in config.json failed: not a directory: unknown: Are you trying to mount a directory onto");
        Result empty = docker.run("exec", "box", "").fails(missing);
        assertThat(empty.out() + empty.err()).contains("exec: \"\": executable file not found in $PATH: unknown");
    }

    @Test
    void aDetachedOneThatFailsSaysThatItWasAnExec() {
        assertThat(docker.run("exec", "-d", "box", "no-such-program").fails(1).err())
                .contains("OCI runtime exec failed: exec failed: unable to start container process: exec:"
                        + " \"no-such-program\": executable file not found in $PATH: unknown");
    }

    @Test
    void keysThatAreNoneAreRefused() {
        for (String keys : List.of("bogus-x", "ctrl-x,", "ctrl-5", "CTRL-P")) {
            assertThat(daemon.api()
                            .post("/containers/box/exec", "{\"Cmd\":[\"true\"],\"DetachKeys\":\"" + keys + "\"}")
                            .text())
                    .contains("Invalid escape keys (" + keys + ") provided");
        }
    }

    @Test
    void inspectTellsWhoRunsItAndTheContainerOnlyWhatIsToCome() {
        docker.ok("run", "-d", "--name", "mine", "--network", "none", "-u", "user", "busybox", "sleep", "1000");
        String first = created("mine", "{\"Cmd\":[\"true\"],\"DetachKeys\":\"ctrl-p,a\"}");
        assertThat(docker.inspect("mine", "{{json .ExecIDs}}")).isEqualTo("[\"" + first + "\"]");
        assertThat(daemon.api().get("/exec/" + first + "/json").text())
                .contains("\"user\":\"user\"", "\"DetachKeys\":\"EGE=\"", "\"CanRemove\":false");
        assertThat(daemon.api()
                        .post("/exec/" + first + "/start", "{\"Detach\":true}")
                        .status())
                .isEqualTo(200);
        Wait.until(
                Command.PATIENCE,
                () -> "its end",
                () -> docker.inspect("mine", "{{json .ExecIDs}}").equals("null"));
        assertThat(daemon.api().get("/exec/" + first + "/json").text()).contains("\"ExitCode\":0");
        docker.ok("rm", "-f", "mine");
    }

    private static String created(String container, String json) {
        Matcher id = Pattern.compile("\"Id\":\"([0-9a-f]{64})\"")
                .matcher(daemon.api()
                        .post("/containers/" + container + "/exec", json)
                        .text());
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    /** The answer is a status, not a line among the output. */
    @Test
    void inAPausedContainerItIsNotBegun() {
        docker.ok("run", "-d", "--name", "still", "--network", "none", "busybox", "sleep", "1000");
        String exec = created("still", "{\"Cmd\":[\"true\"],\"AttachStdout\":true}");
        docker.ok("pause", "still");
        Response refused = daemon.api().post("/exec/" + exec + "/start", "{}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text()).contains("is paused, unpause the container before exec");
        docker.ok("unpause", "still");
        assertThat(daemon.api()
                        .post("/exec/" + exec + "/start", "{\"Detach\":true}")
                        .status())
                .isEqualTo(200);
        docker.ok("rm", "-f", "still");
    }

    @Test
    void eventsTellOfEachStartAlsoOfOneThatFails() {
        docker.ok("run", "-d", "--name", "told", "--network", "none", "busybox", "sleep", "1000");
        docker.ok("exec", "told", "true");
        docker.run("exec", "told", "no-such-program");
        docker.ok("exec", "told", "echo", "a b");
        List<String> actions = docker.run(
                        "events",
                        "--since",
                        "60s",
                        "--until=-1s",
                        "--filter",
                        "container=told",
                        "--filter",
                        "event=exec_create",
                        "--filter",
                        "event=exec_start",
                        "--filter",
                        "event=exec_die",
                        "--format",
                        "{{.Action}}|")
                .ok()
                .lines();
        assertThat(actions)
                .containsExactly(
                        "exec_create: true |",
                        "exec_start: true |",
                        "exec_die|",
                        "exec_create: no-such-program |",
                        "exec_start: no-such-program |",
                        "exec_create: echo a b|",
                        "exec_start: echo a b|",
                        "exec_die|");
        docker.ok("rm", "-f", "told");
    }

    @Test
    void stoppedAndUnknownContainersAreRefused() {
        docker.ok("create", "--name", "idle", "busybox");
        String id = docker.inspect("idle", "{{.Id}}");
        assertThat(docker.run("exec", "idle", "true").fails(1).err())
                .containsIgnoringCase("container " + id + " is not running");
        assertThat(docker.run("exec", "nobody", "true").fails(1).err()).contains("No such container: nobody");
        docker.ok("rm", "idle");
    }

    @Test
    void nothingIsLeftBehind() {
        docker.ok("exec", "box", "true");
        LeakLedger before = LeakLedger.of(daemon);
        for (int i = 0; i < 5; i++) {
            docker.ok("exec", "box", "echo", "hello");
            docker.run("exec", "box", "no-such-program");
        }
        before.awaitSame(daemon);
    }
}
