package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The walk from a bare process to an explained container, by Cairn's own commands. */
final class TourIT {
    private static TestDaemon daemon;
    private Path work;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("these are Cairn's own commands");
        daemon = TestDaemon.fresh();
        Images.importBusybox(daemon, "busybox");
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            daemon.close();
        }
    }

    @BeforeEach
    void makeDirectory() {
        work = TestDaemon.newDirectory();
    }

    @AfterEach
    void clean() {
        TestDaemon.deleteTree(work);
        daemon.removeContainers();
    }

    /** The machine's mounts but for those of daemons that other tests run at the same time. */
    private static String mountTable() throws IOException {
        String own = daemon.directory().toString();
        return Files.readString(Path.of("/proc/self/mountinfo"))
                .lines()
                .filter(line -> line.contains(own) || !line.contains(TestDaemon.DIRECTORY_PREFIX))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void labNsGivesTheExitStatusBack() {
        Result result = daemon.cairn("lab", "ns", "--", "sh", "-c", "echo inside; readlink /proc/self/ns/mnt; exit 9")
                .fails(9);
        assertThat(result.out())
                .contains("inside")
                .doesNotContain(Command.run("readlink", "/proc/self/ns/mnt").text());
    }

    @Test
    void labNsWithATmpfsIsNotSeenByTheHost() throws IOException {
        String before = mountTable();
        Result result = daemon.cairn(
                        "lab",
                        "ns",
                        "--private",
                        "--tmpfs",
                        "/tmp",
                        "--",
                        "sh",
                        "-c",
                        "ls -A /tmp | wc -l; grep -c ' /tmp ' /proc/mounts")
                .ok();
        assertThat(result.lines().reversed().subList(0, 2)).containsExactly("1", "0");
        assertThat(mountTable()).isEqualTo(before);
    }

    @Test
    void labChroot() {
        Path root = Images.busyboxRoot(work);
        Result result = daemon.cairn("lab", "chroot", root.toString(), "/bin/sh", "-c", "cat /etc/plain; exit 4")
                .fails(4);
        assertThat(result.out()).contains("not a program");
    }

    @Test
    void labUnionWritesToTheUpperOnly() throws IOException {
        Path a = Files.createDirectory(work.resolve("A"));
        Path b = Files.createDirectory(work.resolve("B"));
        Path c = Files.createDirectory(work.resolve("C"));
        Files.writeString(a.resolve("t1.txt"), "");
        Files.writeString(a.resolve("t2.txt"), "");
        Files.writeString(b.resolve("t2.txt"), "");
        Files.writeString(b.resolve("t3.txt"), "");
        daemon.cairn("lab", "union", a.toString(), b.toString(), "--at", c.toString())
                .ok();
        try {
            assertThat(c.resolve("t1.txt")).exists();
            assertThat(c.resolve("t3.txt")).exists();
            Files.writeString(c.resolve("t2.txt"), "to A");
            Files.writeString(c.resolve("t3.txt"), "copied up");
            assertThat(Files.readString(a.resolve("t2.txt"))).isEqualTo("to A");
            assertThat(Files.readString(a.resolve("t3.txt"))).isEqualTo("copied up");
            assertThat(Files.readString(b.resolve("t2.txt"))).isEmpty();
            assertThat(Files.readString(b.resolve("t3.txt"))).isEmpty();
        } finally {
            Command.run("umount", c.toString());
        }
    }

    @Test
    void imageFromHostResolvesLibraries() {
        daemon.cairn("image", "from-host", "mine", "bash", "ls").ok();
        assertThat(daemon.docker()
                        .ok("run", "--rm", "--network", "none", "mine", "bash", "-c", "echo $BASH_VERSION; ls /"))
                .contains("5.")
                .contains("bin");
    }

    @Test
    void imageUnpackGivesARootFileSystem() throws IOException {
        Path root = work.resolve("unpacked");
        daemon.cairn("image", "unpack", "busybox", root.toString()).ok();
        assertThat(root.resolve("bin/busybox")).isExecutable();
        assertThat(Files.readSymbolicLink(root.resolve("bin/sh"))).hasToString("busybox");
        assertThat(Files.readString(root.resolve("etc/plain"))).isEqualTo("not a program\n");
    }

    @Test
    void explainShowsTheChainOfAContainer() {
        String id = daemon.docker()
                .ok(
                        "run",
                        "-d",
                        "--name",
                        "box",
                        "busybox",
                        "sh",
                        "-c",
                        "echo new >/etc/new; echo more >>/etc/plain; sleep 1000");
        Wait.until(
                Command.PATIENCE,
                () -> "the file",
                () -> daemon.docker().run("exec", "box", "cat", "/etc/new").exit() == 0);
        String text = daemon.cairn("explain", "box").ok().out();
        String pid = daemon.docker().inspect("box", "{{.State.Pid}}");
        String diff = daemon.docker().inspect("busybox", "{{index .RootFS.Layers 0}}");
        assertThat(text).contains(id.substring(0, 12)).contains(pid).contains(diff.substring(0, 19));
        assertThat(text).containsPattern("[A-Z0-9]{26}").contains("-init/diff").contains("upperdir");
        assertThat(text)
                .contains(Command.run("readlink", "/proc/" + pid + "/ns/net")
                        .text()
                        .replaceAll("\\D", ""));
        assertThat(daemon.cairn("explain", "box", "/etc/new").ok().out()).containsIgnoringCase("container");
        assertThat(daemon.cairn("explain", "box", "/etc/plain").ok().out()).containsIgnoringCase("copied up");
        assertThat(daemon.cairn("explain", "box", "/bin/sh").ok().out()).contains("diff");
        assertThat(daemon.cairn("explain", "box", "/proc/version").ok().out()).containsIgnoringCase("proc");
        assertThat(daemon.cairn("explain", "--json", "box").ok().text())
                .startsWith("{")
                .endsWith("}");
        assertThat(daemon.cairn("explain", "busybox").ok().out()).contains(diff.substring(0, 19));
        assertThat(daemon.cairn("explain", "nobody").exit()).isNotZero();
    }

    @Test
    void tourWalksAllTenStepsAndCleansUp() throws IOException {
        LeakLedger before = LeakLedger.of(daemon);
        String mounts = mountTable();
        Result tour = daemon.cairn("tour").ok();
        for (int step = 1; step <= 10; step++) {
            assertThat(tour.out()).containsPattern("(?m)\\bS?" + step + "\\b");
        }
        assertThat(tour.out()).contains("overlay", "lowerdir", "chroot", "-init");
        assertThat(mountTable()).isEqualTo(mounts);
        before.awaitSame(daemon);
    }
}
