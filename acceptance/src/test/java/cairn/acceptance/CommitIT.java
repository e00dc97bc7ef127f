package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a container has written: shown by diff, taken out by export, made an image by commit. */
final class CommitIT {
    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;

    private static final String WRITE =
            "echo hi >/etc/new; rm /etc/group; mkdir -p /d/e; echo 1 >/d/e/f; ln /d/e/f /d/e/g; chmod 711 /home;"
                    + " rm -r /var; mkdir /var; echo v >/vol/inside; mkfifo /d/pipe; ln -s f /d/e/link; chmod 4755 /d/e/f";

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        work = TestDaemon.newDirectory();
        Images.importBusybox(daemon, "box");
    }

    @AfterAll
    static void end() {
        daemon.close();
        TestDaemon.deleteTree(work);
    }

    @AfterEach
    void removeAll() {
        daemon.removeContainers();
        for (String id : docker.run("images", "-q", "--no-trunc").lines()) {
            if (!docker.inspect("box", "{{.Id}}").equals(id)) {
                docker.run("rmi", "-f", id);
            }
        }
    }

    private static String written(String name) {
        Path volume = work.resolve("vol-" + name);
        docker.ok("run", "-d", "--name", name, "--network", "none", "-v", volume + ":/vol", "box", "sleep", "600");
        docker.ok("exec", name, "sh", "-c", WRITE);
        return docker.inspect(name, "{{.Id}}");
    }

    private static String run(String image, String script) {
        return docker.ok("run", "--rm", "--network", "none", image, "sh", "-c", script);
    }

    @Test
    void diffShowsWhatWasAddedChangedAndDeleted() {
        written("changed");
        List<String> wanted = List.of(
                "A /d",
                "A /d/e",
                "A /d/e/f",
                "A /d/e/g",
                "A /d/e/link",
                "A /d/pipe",
                "C /etc",
                "A /etc/new",
                "D /etc/group",
                "C /home",
                "A /vol");
        assertThat(docker.ok("diff", "changed").lines()).containsExactlyInAnyOrderElementsOf(wanted);
        docker.ok("kill", "changed");
        assertThat(docker.ok("diff", "changed").lines()).containsExactlyInAnyOrderElementsOf(wanted);
        docker.ok("create", "--name", "untouched", "box", "true");
        assertThat(docker.ok("diff", "untouched")).isEmpty();
    }

    @Test
    void commitMakesAnImageOfARunningContainer() {
        String container = written("running");
        String id = docker.ok(
                "commit",
                "-a",
                "An Author",
                "-m",
                "a note",
                "-c",
                "CMD [\"cat\",\"/etc/new\"]",
                "-c",
                "ENV A=b",
                "running",
                "made:one");
        assertThat(docker.inspect("made:one", "{{.Id}}|{{.Author}}|{{.Comment}}|{{json .Config.Cmd}}|{{.Parent}}"))
                .isEqualTo(id + "|An Author|a note|[\"cat\",\"/etc/new\"]|" + docker.inspect("box", "{{.Id}}"));
        assertThat(docker.inspect("made:one", "{{json .Config.Env}}")).contains("\"A=b\"", "PATH=");
        assertThat(docker.inspect("made:one", "{{len .RootFS.Layers}}")).isEqualTo("2");
        assertThat(docker.ok("history", "--format", "{{.CreatedBy}}|{{.Comment}}", "made:one")
                        .lines())
                .hasSize(2)
                .first()
                .isEqualTo("sleep 600|a note");
        assertThat(docker.ok("run", "--rm", "--network", "none", "made:one")).isEqualTo("hi");
        assertThat(run(
                        "made:one",
                        "ls /etc/group /vol 2>&1; stat -c '%h %a' /d/e/f; readlink /d/e/link; stat -c %F /d/pipe"))
                .isEqualTo("ls: /etc/group: No such file or directory\n/vol:\n2 4755\nf\nfifo");
        assertThat(docker.inspect("running", "{{.State.Status}}")).isEqualTo("running");
        assertThat(docker.ok(
                        "events",
                        "--since",
                        "60s",
                        "--until=-1s",
                        "--filter",
                        "container=" + container,
                        "--format",
                        "{{.Action}} {{.Actor.Attributes.imageRef}}"))
                .endsWith("pause <no value>\nunpause <no value>\ncommit made:one");
    }

    @Test
    void theLayerHoldsExactlyWhatTheContainerWrote() throws IOException {
        written("whole");
        docker.ok("commit", "whole", "made:exact");
        String upper = docker.inspect("whole", "{{.GraphDriver.Data.UpperDir}}");
        String layer = docker.inspect("made:exact", "{{.GraphDriver.Data.UpperDir}}");
        // Without the number of links of whiteouts: the kernel makes all of them names of one file.
        String script =
                "cd %s && find . -mindepth 1 -type c -printf '%%P %%y %%m %%U %%G\\n' -o -printf '%%P %%y %%m %%U %%G %%l %%n\\n' -type f -exec md5sum {} + | sort";
        assertThat(Command.run("sh", "-c", script.formatted(layer)).ok().text())
                .isEqualTo(Command.run("sh", "-c", script.formatted(upper)).ok().text())
                .contains("etc/group c", "d/pipe p");
        assertThat(Files.exists(Path.of(layer, "vol/inside"))).isFalse();
    }

    @Test
    void stoppedAndCreatedContainersAreCommittedToo() {
        docker.ok("run", "--name", "stopped", "--network", "none", "box", "sh", "-c", "echo done >/result");
        docker.ok("commit", "stopped", "made:stopped");
        assertThat(run("made:stopped", "cat /result")).isEqualTo("done");
        docker.ok("create", "--name", "created", "box", "true");
        docker.ok("commit", "created", "made:created");
        assertThat(docker.inspect("made:created", "{{len .RootFS.Layers}}"))
                .as("a container that has written nothing makes no layer")
                .isEqualTo("1");
        assertThat(docker.ok("history", "-q", "made:created").lines()).hasSize(2);
        assertThat(run("made:created", "echo fine")).isEqualTo("fine");
    }

    @Test
    void aCommitCanBeCommittedOn() {
        docker.ok("run", "--name", "one", "--network", "none", "box", "sh", "-c", "echo 1 >/one");
        docker.ok("commit", "one", "chain:1");
        docker.ok("run", "--name", "two", "--network", "none", "chain:1", "sh", "-c", "cat /one >/two; rm /one");
        docker.ok("commit", "two", "chain:2");
        assertThat(run("chain:2", "cat /two; ls /one 2>&1; true")).isEqualTo("1\nls: /one: No such file or directory");
        assertThat(docker.ok("history", "--no-trunc", "-q", "chain:2").lines())
                .containsExactly(
                        docker.inspect("chain:2", "{{.Id}}"),
                        docker.inspect("chain:1", "{{.Id}}"),
                        docker.inspect("box", "{{.Id}}"));
    }

    @Test
    void nothingIsSeenHalfWrittenWhileTheContainerIsPaused() {
        String script = "i=0; while true; do i=$((i+1)); echo $i >/a; echo $i >/b; done";
        docker.ok("run", "-d", "--name", "busy", "--network", "none", "box", "sh", "-c", script);
        for (int round = 0; round < 5; round++) {
            docker.ok("commit", "busy", "made:busy" + round);
            List<String> numbers = run("made:busy" + round, "cat /a /b")
                    .lines()
                    .filter(line -> !line.isEmpty())
                    .toList();
            if (numbers.size() == 2) {
                // Between the two writes it may be one apart, never more.
                assertThat(Long.parseLong(numbers.get(0)) - Long.parseLong(numbers.get(1)))
                        .isBetween(0L, 1L);
            }
        }
        assertThat(docker.ok("commit", "--pause=false", "busy", "made:unpaused"))
                .startsWith("sha256:");
    }

    @Test
    void aKilledDaemonLeavesNoContainerStandingStill() {
        TestDaemon.onlyCairn("only Cairn's containers go on by themselves");
        docker.ok(
                "run",
                "-d",
                "--name",
                "counter",
                "--network",
                "none",
                "box",
                "sh",
                "-c",
                "dd if=/dev/zero of=/big bs=1M count=1200 2>/dev/null; echo ready; while true; do date; sleep 0.05; done");
        Wait.until(
                java.time.Duration.ofSeconds(30),
                () -> "its file",
                () -> docker.ok("logs", "counter").contains("ready"));
        Command commit = docker.start("commit", "counter", "made:never");
        Wait.until(
                java.time.Duration.ofSeconds(10),
                () -> "the pause",
                // Without waiting for more of them, for the commit takes but a few seconds.
                () -> docker.ok("events", "--since", "60s", "--until", "0s", "--filter", "event=pause")
                        .contains("counter"));
        daemon.kill();
        daemon.start();
        commit.close();
        long lines = docker.ok("logs", "counter").lines().count();
        Wait.until(
                java.time.Duration.ofSeconds(10),
                () -> "the container to go on",
                () -> docker.ok("logs", "counter").lines().count() > lines);
        assertThat(docker.run("inspect", "made:never").fails(1).err()).contains("No such object");
    }

    @Test
    void exportIsTheContainersRootFlat() throws IOException {
        written("out");
        for (String state : List.of("running", "exited")) {
            Path tar = work.resolve("out-" + state + ".tar");
            docker.ok("export", "-o", tar.toString(), "out");
            assertThat(Command.run("tar", "-xOf", tar.toString(), "etc/new")
                            .ok()
                            .text())
                    .isEqualTo("hi");
            List<String> names = Command.run("tar", "-tf", tar.toString()).ok().lines();
            assertThat(names)
                    .contains("bin/busybox", "d/e/f", "d/e/g", "var/", ".dockerenv", "etc/hosts", "vol/")
                    .doesNotContain("etc/group", "vol/inside")
                    .noneMatch(name -> name.contains(".wh."));
            docker.ok("import", tar.toString(), "back:" + state);
            assertThat(run("back:" + state, "stat -c %h /d/e/f; cat /etc/new")).isEqualTo("2\nhi");
            docker.run("kill", "out");
        }
        assertThat(LeakLedger.mountsBelow(daemon.directory())).noneMatch(mount -> mount.contains("cairn/tmp"));
    }

    @Test
    void commitsThatCannotBeAreRefusedInDockersWords() {
        docker.ok("create", "--name", "fine", "box", "true");
        Result missing = docker.run("commit", "nobody", "x:1").fails(1);
        assertThat(missing.err()).contains("No such container: nobody");
        assertThat(docker.run("commit", "fine", "UPPER:1").fails(1).err()).contains("must be lowercase");
        assertThat(docker.run("commit", "-c", "RUN true", "fine").fails(1).err())
                .contains("RUN");
        assertThat(docker.run("diff", "nobody").fails(1).err()).contains("No such container: nobody");
        assertThat(docker.run("export", "-o", work.resolve("no").toString(), "nobody")
                        .fails(1)
                        .err())
                .contains("No such container: nobody");
    }

    @Test
    void theBodysConfigWinsOverTheContainers() {
        docker.ok("create", "--name", "api", "-e", "KEPT=1", "--label", "own=1", "box", "true");
        Api.Response made = daemon.api()
                .post(
                        "/commit?container=api&repo=made&tag=api",
                        "{\"Cmd\":[\"id\"],\"Env\":[\"NEW=2\"],\"User\":\"user\"}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.text()).startsWith("{\"Id\":\"sha256:");
        assertThat(docker.inspect("made:api", "{{.Config.User}} {{json .Config.Cmd}} {{json .Config.Labels}}"))
                .isEqualTo("user [\"id\"] {\"own\":\"1\"}");
        assertThat(docker.inspect("made:api", "{{json .Config.Env}}")).contains("NEW=2", "KEPT=1");
    }

    @Test
    void removingTheCommitLeavesNothing() {
        LeakLedger before = LeakLedger.of(daemon);
        docker.ok("run", "--name", "short", "--network", "none", "box", "sh", "-c", "echo 1 >/one");
        docker.ok("commit", "short", "made:gone");
        docker.ok("rmi", "made:gone");
        docker.ok("rm", "short");
        before.awaitSame(daemon);
    }
}
