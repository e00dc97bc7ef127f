package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docker run}: what goes in, what comes out, and with which exit status. */
final class RunIT {
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

    private static Result run(String... words) {
        String[] all = new String[words.length + 4];
        all[0] = "run";
        all[1] = "--rm";
        all[2] = "--network";
        all[3] = "none";
        System.arraycopy(words, 0, all, 4, words.length);
        return docker.run(all);
    }

    // ---- output and exit status

    @Test
    void outputsStayApart() {
        Result result = run("busybox", "sh", "-c", "echo out; echo err >&2").ok();
        assertThat(result.out()).isEqualTo("out\n");
        assertThat(result.err()).isEqualTo("err\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 125, 255})
    void exitStatusIsTheProcess(int status) {
        run("busybox", "sh", "-c", "exit " + status).fails(status);
    }

    @Test
    void deathBySignalIs128AndTheSignal() {
        run("busybox", "sh", "-c", "kill -9 $$; sleep 1")
                .fails(0); // the first process of a namespace is immune to itself
        run("busybox", "sh", "-c", "sh -c 'kill -9 $$'; exit $?").fails(137);
    }

    @Test
    void unknownProgramIs127() {
        Result result = run("busybox", "no-such-program").fails(127);
        assertThat(result.err()).contains("exec: \"no-such-program\": executable file not found in $PATH");
        assertThat(docker.ok("ps", "-aq")).isEmpty();
    }

    @Test
    void noNameAtAllIsAnUnknownProgram() {
        assertThat(run("busybox", "").fails(127).err()).contains("exec: \"\": executable file not found in $PATH");
    }

    @Test
    void missingPathIs127() {
        assertThat(run("busybox", "/no/such/program").fails(127).err()).contains("no such file or directory");
    }

    @Test
    void fileThatIsNoProgramIs126() {
        assertThat(run("busybox", "/etc/plain").fails(126).err()).contains("permission denied");
        assertThat(run("busybox", "/etc").fails(126).err()).containsAnyOf("permission denied", "is a directory");
    }

    @Test
    void errorOfTheEngineIs125() {
        assertThat(run("--entrypoint", "", "--no-such-flag", "busybox")
                        .fails(125)
                        .err())
                .contains("unknown flag");
        assertThat(docker.run("run", "--pull", "never", "nobody:1").fails(125).err())
                .contains("No such image: nobody:1");
        assertThat(run("-v", "relative/path:/x", "busybox", "true").fails(125).err())
                .contains("relative/path");
        assertThat(run("-u", "nosuchuser", "busybox", "true").fails(125).err())
                .contains("unable to find user nosuchuser: no matching entries in passwd file");
    }

    @Test
    void exitStatusIsThereEvenForTheShortestProcess() {
        for (int i = 0; i < 10; i++) {
            run("busybox", "sh", "-c", "exit 7").fails(7);
        }
    }

    @Test
    void muchOutputArrivesWhole() {
        Result result = run("busybox", "sh", "-c", "seq 1 200000").ok();
        assertThat(result.out()).hasLineCount(200_000).endsWith("200000\n");
    }

    // ---- input

    @Test
    void standardInputReachesTheProcessAndEnds() {
        Result result = docker.runWithInput(
                "one\ntwo\n", "run", "-i", "--rm", "--network", "none", "busybox", "sh", "-c", "cat; echo end");
        assertThat(result.ok().out()).isEqualTo("one\ntwo\nend\n");
    }

    @Test
    void outputGoesOnAfterInputHasEnded() {
        Result result = docker.runWithInput(
                "x", "run", "-i", "--rm", "--network", "none", "busybox", "sh", "-c", "cat; sleep 1; echo later");
        assertThat(result.ok().out()).isEqualTo("xlater\n");
    }

    @Test
    void muchInputArrivesWhole() {
        String input = "0123456789abcde\n".repeat(100_000);
        Result result = docker.runWithInput(input, "run", "-i", "--rm", "--network", "none", "busybox", "sha256sum");
        assertThat(result.ok().text())
                .startsWith(Command.run(Map.of(), List.of("sha256sum"), input)
                        .text()
                        .split(" ")[0]);
    }

    @Test
    void withoutInteractiveInputIsEmpty() {
        assertThat(docker.runWithInput("ignored", "run", "--rm", "--network", "none", "busybox", "wc", "-c")
                        .ok()
                        .text())
                .isEqualTo("0");
    }

    // ---- terminal

    @Test
    void terminalHasTheClientsSize() {
        try (Command command = docker.terminal(
                "run", "-it", "--rm", "--network", "none", "busybox", "sh", "-c", "sleep 0.5; stty size; tty")) {
            Result result = command.await();
            assertThat(result.exit()).isZero();
            assertThat(result.out()).contains("24 80").contains("/dev/pts/0");
        }
    }

    @Test
    void shellOnATerminalTalks() {
        try (Command shell = docker.terminal("run", "-it", "--rm", "--network", "none", "busybox", "sh")) {
            shell.awaitOutput("# ");
            shell.write("echo $((6*7))\r");
            shell.awaitOutput("42");
            shell.write("exit 5\r");
            shell.await().fails(5);
        }
    }

    @Test
    void interruptKeyReachesTheForegroundProcess() {
        try (Command shell = docker.terminal("run", "-it", "--rm", "--network", "none", "busybox", "sh")) {
            shell.awaitOutput("# ");
            shell.write("sleep 1000; echo status $?\r");
            Wait.pause(Duration.ofMillis(700));
            shell.write("\u0003");
            Wait.pause(Duration.ofMillis(300));
            shell.write("echo after\r");
            shell.awaitOutput("\nafter");
            shell.write("exit\r");
            shell.await();
        }
    }

    @Test
    void detachKeysLeaveTheContainerRunning() {
        try (Command shell =
                docker.terminal("run", "-it", "--name", "detached", "--network", "none", "busybox", "sh")) {
            shell.awaitOutput("# ");
            shell.write("\u0010\u0011");
            shell.await();
        }
        assertThat(docker.inspect("detached", "{{.State.Running}}")).isEqualTo("true");
        try (Command again = docker.terminal("attach", "detached")) {
            Wait.pause(Duration.ofMillis(500));
            again.write("echo back $((40+2))\r");
            again.awaitOutput("back 42");
            again.write("exit 3\r");
            again.await().fails(3);
        }
    }

    // ---- signals

    @Test
    void signalsOfTheClientAreForwarded() {
        try (Command command = docker.start(
                "run",
                "--rm",
                "--network",
                "none",
                "busybox",
                "sh",
                "-c",
                "trap 'echo got it; exit 9' TERM; echo up; while :; do sleep 0.1; done")) {
            command.awaitOutput("up");
            command.signal("TERM");
            Result result = command.await();
            assertThat(result.out()).contains("got it");
            result.fails(9);
        }
    }

    // ---- flags

    @Test
    void environmentWorkdirHostnameAndEntrypoint() {
        assertThat(run("-e", "A=1 2", "-e", "B", "busybox", "sh", "-c", "echo \"$A|$B|$HOME|$HOSTNAME\"")
                        .ok()
                        .out())
                .startsWith("1 2||/root|");
        assertThat(run("-w", "/home/user", "busybox", "pwd").ok().text()).isEqualTo("/home/user");
        assertThat(run("-w", "/made/for/me", "busybox", "pwd").ok().text()).isEqualTo("/made/for/me");
        assertThat(run("--hostname", "harbour", "busybox", "hostname").ok().text())
                .isEqualTo("harbour");
        assertThat(run("--entrypoint", "echo", "busybox", "a", "b").ok().text()).isEqualTo("a b");
    }

    @Test
    void userByNameNumberAndGroup() {
        assertThat(run("-u", "user", "busybox", "id").ok().text())
                .isEqualTo("uid=1000(user) gid=1000(user) groups=1000(user),2000(extra)");
        assertThat(run("-u", "1000", "busybox", "id").ok().text())
                .isEqualTo("uid=1000(user) gid=1000(user) groups=1000(user),2000(extra)");
        assertThat(run("-u", "4000:5000", "busybox", "id", "-u").ok().text()).isEqualTo("4000");
        assertThat(run("-u", "4000:5000", "busybox", "id", "-g").ok().text()).isEqualTo("5000");
        assertThat(run("-u", "user", "busybox", "sh", "-c", "echo $HOME").ok().text())
                .isEqualTo("/home/user");
        assertThat(run("-u", "user", "busybox", "touch", "/etc/x").fails(1).err())
                .contains("Permission denied");
    }

    @Test
    void hostnameIsTheShortIdByDefault() {
        String id = docker.ok("create", "--name", "named", "--network", "none", "busybox", "hostname");
        assertThat(docker.ok("start", "-a", "named")).isEqualTo(id.substring(0, 12));
    }

    @Test
    void nameMustBeFree() {
        docker.ok("create", "--name", "taken", "busybox");
        Result result = run("--name", "taken", "busybox", "true").fails(125);
        assertThat(result.err()).contains("Conflict. The container name \"/taken\" is already in use by container");
        assertThat(run("--name", "bad/name", "busybox", "true").fails(125).err())
                .contains("Invalid container name (bad/name)");
    }

    @Test
    void bindsAreReadWriteOrReadOnly() throws IOException {
        Path host = TestDaemon.newDirectory();
        try {
            Files.writeString(host.resolve("in"), "from the host");
            assertThat(run("-v", host + ":/mnt", "busybox", "sh", "-c", "cat /mnt/in; echo back >/mnt/out")
                            .ok()
                            .out())
                    .isEqualTo("from the host");
            assertThat(Files.readString(host.resolve("out"))).isEqualTo("back\n");
            assertThat(run("-v", host + ":/mnt:ro", "busybox", "touch", "/mnt/x")
                            .fails(1)
                            .err())
                    .contains("Read-only file system");
            assertThat(run("-v", host.resolve("in") + ":/etc/in", "busybox", "cat", "/etc/in")
                            .ok()
                            .text())
                    .isEqualTo("from the host");
            run("-v", host.resolve("new") + ":/mnt", "busybox", "true").ok();
            assertThat(host.resolve("new")).isDirectory();
        } finally {
            TestDaemon.deleteTree(host);
        }
    }

    @Test
    void missingSourceOfAMountIsRefused() {
        Result result = run("--mount", "type=bind,source=/no/such/source,target=/x", "busybox", "true")
                .fails(125);
        assertThat(result.err()).contains("bind source path does not exist: /no/such/source");
    }

    @Test
    void rmLeavesNothing() {
        LeakLedger before = LeakLedger.of(daemon);
        docker.ok("run", "--rm", "busybox", "true");
        run("busybox", "sh", "-c", "echo x >/file").ok();
        run("busybox", "no-such-program").fails(127);
        before.awaitSame(daemon);
    }

    // ---- network

    @Test
    void networkNoneHasOnlyLoopback() {
        assertThat(run("busybox", "ls", "/sys/class/net").ok().lines())
                .doesNotContain("eth0")
                .contains("lo");
        assertThat(run("busybox", "cat", "/sys/class/net/lo/flags").ok().text()).isEqualTo("0x9");
    }

    @Test
    void bridgeGivesAddressGatewayAndNames() {
        Result result = docker.run(
                        "run",
                        "--rm",
                        "--hostname",
                        "h",
                        "busybox",
                        "sh",
                        "-c",
                        "ip -4 addr show eth0; ip route; cat /etc/hosts")
                .ok();
        assertThat(result.out())
                .contains("inet " + daemon.subnet() + ".")
                .contains("default via " + daemon.subnet() + ".1 dev eth0")
                .contains("127.0.0.1\tlocalhost")
                .containsPattern("(?m)^" + daemon.subnet().replace(".", "\\.") + "\\.\\d+\th$");
    }

    @Test
    void containersOnTheBridgeReachEachOther() {
        docker.ok(
                "run", "-d", "--name", "server", "busybox", "sh", "-c", "while :; do echo hello | nc -l -p 7000; done");
        String address = docker.inspect("server", "{{.NetworkSettings.IPAddress}}");
        assertThat(address).startsWith(daemon.subnet() + ".");
        assertThat(docker.ok(
                        "run",
                        "--rm",
                        "busybox",
                        "sh",
                        "-c",
                        "for i in 1 2 3 4 5; do nc -w 2 %s 7000 && exit; sleep 0.2; done".formatted(address)))
                .isEqualTo("hello");
    }

    @Test
    void networkHostSeesTheHostsLinks() {
        String inside = docker.ok("run", "--rm", "--network", "host", "busybox", "readlink", "/proc/self/ns/net");
        assertThat(inside)
                .isEqualTo(Command.run("readlink", "/proc/" + daemon.pid() + "/ns/net")
                        .text());
    }

    @Test
    void resolvConfComesFromTheHost() throws IOException {
        String host = Files.readString(Path.of("/etc/resolv.conf"));
        String inside = docker.ok("run", "--rm", "busybox", "cat", "/etc/resolv.conf");
        host.lines()
                .filter(line -> line.startsWith("nameserver") && !line.contains("127."))
                .forEach(line -> assertThat(inside).contains(line));
        assertThat(docker.ok("run", "--rm", "--dns", "192.0.2.1", "busybox", "cat", "/etc/resolv.conf"))
                .contains("nameserver 192.0.2.1");
    }
}
