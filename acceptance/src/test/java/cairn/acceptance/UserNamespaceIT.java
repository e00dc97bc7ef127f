package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Containers whose root is nobody on the host. Docker's client refuses {@code --userns private}, so they are made with Cairn's, or by a
 * daemon whose default it is.
 */
final class UserNamespaceIT {
    private static final String WAIT = "trap 'exit 0' TERM; while true; do sleep 0.1; done";

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;
    private static LeakLedger before;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("Docker has no such mode");
        daemon = TestDaemon.fresh("--userns-default", "private");
        docker = daemon.docker();
        work = TestDaemon.newDirectory();
        Images.importBusybox(daemon, "plain");
        docker.ok("run", "--name", "made", "--userns", "host", "plain", "chown", "1000:1000", "/home/user");
        docker.ok("commit", "made", "box");
        docker.ok("rm", "made");
        makeWhatStays();
        before = LeakLedger.of(daemon);
    }

    /** What the first container makes stays, until the daemon is another: the process that holds ports, the bridge. */
    private static void makeWhatStays() {
        docker.ok("run", "--rm", "-p", "127.0.0.1::80", "box", "true");
    }

    @AfterAll
    static void end() {
        try {
            makeWhatStays();
            before.awaitSame(daemon);
        } finally {
            daemon.close();
            TestDaemon.deleteTree(work);
        }
    }

    @BeforeEach
    void emptyWork() throws IOException {
        TestDaemon.deleteTree(work);
        Files.createDirectories(work);
    }

    @AfterEach
    void removeAll() {
        daemon.removeContainers();
        docker.run("volume", "prune", "-af");
    }

    private static String up(String name, String... flags) {
        List<String> words = new ArrayList<>(List.of("run", "-d", "--name", name));
        words.addAll(List.of(flags));
        words.addAll(List.of("box", "sh", "-c", WAIT));
        docker.ok(words.toArray(String[]::new));
        return name;
    }

    private static String inside(String name, String script) {
        return docker.ok("exec", name, "sh", "-c", script);
    }

    /** The first of its ids on the host. */
    private static long base(String name) {
        String[] map = inside(name, "cat /proc/1/uid_map").strip().split("\\s+");
        assertThat(map).hasSize(3);
        assertThat(map[0]).isEqualTo("0");
        assertThat(map[2]).isEqualTo("65536");
        return Long.parseLong(map[1]);
    }

    private static String owner(Path file) throws IOException {
        var attributes = Files.readAttributes(file, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
        return attributes.get("uid") + ":" + attributes.get("gid");
    }

    private static Path layer(String name) {
        return Path.of(docker.inspect(name, "{{.GraphDriver.Data.UpperDir}}"));
    }

    @Test
    void rootIsNobodyOnTheHostAndEveryContainerSomebodyElse() throws IOException {
        up("one");
        up("two", "--network", "none");
        up("plain-one", "--userns", "host");
        assertThat(base("one")).isGreaterThanOrEqualTo(1 << 20);
        assertThat(Math.abs(base("one") - base("two"))).isGreaterThanOrEqualTo(1 << 16);
        Path process = Path.of("/proc", docker.inspect("one", "{{.State.Pid}}"));
        assertThat(owner(process)).isEqualTo(base("one") + ":" + base("one"));
        assertThat(Files.readString(process.resolve("gid_map")))
                .isEqualTo(Files.readString(process.resolve("uid_map")));
        assertThat(inside("plain-one", "cat /proc/1/uid_map")).contains("4294967295");
        assertThat(docker.ok("info", "-f", "{{.SecurityOptions}}")).contains("name=userns");
        for (String namespace : List.of("user", "net", "uts", "ipc", "mnt", "pid", "cgroup")) {
            assertThat(Files.readSymbolicLink(process.resolve("ns/" + namespace)))
                    .as(namespace)
                    .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/" + namespace)));
        }
        // Given back with the container, and taken by the next.
        long freed = base("one");
        docker.ok("rm", "-f", "one");
        assertThat(base(up("three"))).isEqualTo(freed);
    }

    @Test
    void ownersAreRightInsideAndOnDisk() throws IOException {
        up("box1", "--tmpfs", "/t:uid=1000,gid=5");
        String stat =
                "stat -c '%u:%g %n' / /bin/busybox /home/user /tmp /t /dev /dev/null /dev/shm /etc/hosts /proc/1/";
        assertThat(inside("box1", stat))
                .isEqualTo(
                        "0:0 /\n0:0 /bin/busybox\n1000:1000 /home/user\n0:0 /tmp\n1000:5 /t\n0:0 /dev\n0:0 /dev/null\n0:0 /dev/shm\n0:0 /etc/hosts\n0:0 /proc/1/");
        inside(
                "box1",
                "touch /root/new /tmp/theirs; chown 1000:2000 /tmp/theirs; mkdir /home/user/dir; chgrp 2000 /etc/plain");
        docker.ok("exec", "-u", "user", "box1", "touch", "/home/user/mine");
        assertThat(owner(layer("box1").resolve("root/new"))).isEqualTo("0:0");
        assertThat(owner(layer("box1").resolve("tmp/theirs"))).isEqualTo("1000:2000");
        assertThat(owner(layer("box1").resolve("home/user/mine"))).isEqualTo("1000:1000");
        assertThat(owner(layer("box1").resolve("etc/plain"))).isEqualTo("0:2000");
        assertThat(docker.ok("diff", "box1")).contains("A /root/new").doesNotContain("/bin");

        // What is made of it has nothing of the ids, and another container sees the same.
        docker.ok("commit", "box1", "made");
        String ls = "stat -c '%u:%g %n' /root/new /tmp/theirs /home/user/mine /etc/plain";
        String seen = inside("box1", ls);
        assertThat(docker.ok("run", "--rm", "made", "sh", "-c", ls)).isEqualTo(seen);
        assertThat(docker.ok("run", "--rm", "--userns", "host", "made", "sh", "-c", ls))
                .isEqualTo(seen);
        Path tar = work.resolve("flat.tar");
        docker.ok("export", "-o", tar.toString(), "box1");
        assertThat(Command.run("tar", "-tvf", tar.toString(), "--numeric-owner", "tmp/theirs")
                        .ok()
                        .text())
                .contains("1000/2000");
        docker.ok("rmi", "made");

        // The same container again, whose layer has been used.
        docker.ok("restart", "-t", "5", "box1");
        assertThat(inside("box1", ls)).isEqualTo(seen);
        // The host sees them shifted, in the mount of the root.
        Path merged = Path.of(docker.inspect("box1", "{{.GraphDriver.Data.MergedDir}}"));
        long base = base("box1");
        assertThat(owner(merged.resolve("tmp/theirs"))).isEqualTo((base + 1000) + ":" + (base + 2000));
    }

    @Test
    void volumesAndBindsHaveTheOwnersThatTheyHaveOnTheHost() throws IOException {
        Path bind = Files.createDirectories(work.resolve("bind/below"));
        Path theirs = Files.writeString(bind.resolve("theirs"), "1000's\n");
        Path secret = Files.writeString(bind.resolve("secret"), "of somebody whom no container knows\n");
        Command.run("chown", "1000:1000", theirs.toString()).ok();
        Command.run("sh", "-c", "chmod 600 " + secret + "; chown 70000:70000 " + secret)
                .ok();
        up(
                "box1",
                "-v",
                "vol:/v",
                "-v",
                bind.getParent() + ":/b",
                "--mount",
                "type=image,source=box,target=/img",
                "-v",
                "/etc:/e:ro");
        assertThat(inside("box1", "stat -c '%u:%g' /v /b /b/below/theirs /b/below/secret /img/home/user /e"))
                .isEqualTo("0:0\n0:0\n1000:1000\n65534:65534\n1000:1000\n0:0");
        docker.ok("exec", "-u", "1000", "box1", "sh", "-c", "echo more >>/b/below/theirs");
        inside("box1", "touch /v/roots /b/roots; mkdir /v/users; chown 1000:1000 /v/users");
        Path volume = Path.of(docker.ok("volume", "inspect", "-f", "{{.Mountpoint}}", "vol"));
        assertThat(owner(volume.resolve("roots"))).isEqualTo("0:0");
        assertThat(owner(volume.resolve("users"))).isEqualTo("1000:1000");
        assertThat(owner(bind.resolveSibling("roots"))).isEqualTo("0:0");
        // Even its root is nobody to files of ids that are not mapped.
        assertThat(docker.run("exec", "box1", "cat", "/b/below/secret").fails(1).err())
                .contains("Permission denied");
        assertThat(docker.run("exec", "box1", "chown", "0", "/b/below/secret")
                        .fails(1)
                        .err())
                .contains("chown");
        // A container without one sees the same volume the same way.
        assertThat(docker.ok(
                        "run", "--rm", "--userns", "host", "-v", "vol:/v", "box", "stat", "-c", "%u:%g", "/v/users"))
                .isEqualTo("1000:1000");
        assertThat(docker.ok("run", "--rm", "-v", "fresh:/home/user", "box", "stat", "-c", "%u:%g", "/home/user"))
                .isEqualTo("1000:1000");
    }

    @Test
    void filesGoInAndOutWithTheirOwners() throws IOException {
        Path in = Files.createDirectories(work.resolve("in/sub"));
        Files.writeString(in.resolve("file"), "1000's\n");
        Command.run("chown", "-R", "1000:2000", in.toString()).ok();
        up("box1", "-v", "vol:/v");
        for (String to : List.of("/tmp", "/v")) {
            docker.ok("cp", "-a", in.toString(), "box1:" + to);
            assertThat(inside("box1", "stat -c '%u:%g' " + to + "/sub " + to + "/sub/file"))
                    .isEqualTo("1000:2000\n1000:2000");
            docker.ok("cp", in.resolve("file").toString(), "box1:" + to + "/alone");
            assertThat(inside("box1", "stat -c '%u:%g' " + to + "/alone")).isEqualTo("1000:2000");
        }
        assertThat(owner(layer("box1").resolve("tmp/sub/file"))).isEqualTo("1000:2000");
        Path out = work.resolve("out.tar");
        Files.write(
                out, daemon.api().get("/containers/box1/archive?path=/tmp/sub").body());
        assertThat(Command.run("tar", "-tvf", out.toString(), "--numeric-owner")
                        .ok()
                        .out())
                .contains("1000/2000", "sub/file")
                .doesNotContain(Long.toString(base("box1") + 1000));
        // Owners who are none inside.
        Command.run("chown", "70000", in.resolve("file").toString()).ok();
        assertThat(docker.run("cp", "-a", in.toString(), "box1:/root").fails(1).err())
                .contains("has no owner 70000");
        docker.ok("stop", "-t", "5", "box1");
        docker.ok("cp", "box1:/tmp/sub/file", work.resolve("again").toString());
        docker.ok("start", "box1");
        assertThat(inside("box1", "stat -c '%u:%g' /tmp/sub/file")).isEqualTo("1000:2000");
    }

    @Test
    void itsProcessesHaveTheContainersRightsAndNoOthers() {
        up("box1");
        String status = "grep -E 'Cap|Seccomp:' /proc/self/status";
        docker.ok("run", "-d", "--name", "plain-one", "--userns", "host", "box", "sh", "-c", WAIT);
        assertThat(inside("box1", status)).isEqualTo(inside("plain-one", status));
        assertThat(docker.ok(
                        "exec",
                        "-u",
                        "user",
                        "box1",
                        "sh",
                        "-c",
                        "id -u; echo out >/dev/stdout; echo err >/dev/stderr"))
                .contains("1000\nout");
        // Ports below 1024, raw sockets, its own network: it owns that namespace.
        assertThat(docker.ok(
                        "run",
                        "--rm",
                        "--cap-add",
                        "NET_ADMIN",
                        "box",
                        "ip",
                        "addr",
                        "add",
                        "10.99.0.1/32",
                        "dev",
                        "lo"))
                .isEmpty();
        assertThat(docker.ok(
                        "run",
                        "--rm",
                        "--sysctl",
                        "kernel.shmmax=4242",
                        "--sysctl",
                        "net.ipv4.ip_forward=1",
                        "box",
                        "cat",
                        "/proc/sys/kernel/shmmax",
                        "/proc/sys/net/ipv4/ip_forward"))
                .isEqualTo("4242\n1");
        assertThat(docker.ok("run", "--rm", "--ulimit", "nofile=2000:4000", "box", "sh", "-c", "ulimit -Hn"))
                .isEqualTo("4000");
    }

    @Test
    void whatIsTheMachinesStaysTheMachinesEvenWithAllCapabilities() {
        List<String> attacks = List.of(
                "mknod /tmp/disk b 8 0",
                "umount /etc/hosts",
                "umount /proc/keys",
                "umount -l /dev",
                "mount -o remount,rw /sys",
                "mount -o remount,rw /proc/sys",
                "mount -t proc none /mnt",
                "mount -t sysfs none /mnt",
                "mount -t cgroup -o pids none /mnt && mkdir /mnt/../mnt/mine",
                "echo h >/proc/sysrq-trigger",
                "echo 1 >/proc/sys/vm/drop_caches",
                "echo 0 >/proc/sys/kernel/pid_max",
                "nsenter -t 1 -p true",
                "renice -n -10 -p 1",
                "date -s 2001-01-01 2>/tmp/date; ! grep 'not permitted' /tmp/date",
                "dmesg -c",
                "losetup -f /bin/busybox");
        StringBuilder script = new StringBuilder("mkdir -p /mnt\n");
        for (String attack : attacks) {
            script.append("(%s) >/dev/null 2>&1 && echo \"%s\"\n".formatted(attack, attack));
        }
        script.append("echo over");
        assertThat(docker.ok(
                        "run",
                        "--rm",
                        "--network",
                        "none",
                        "--cap-add",
                        "ALL",
                        "--security-opt",
                        "seccomp=unconfined",
                        "box",
                        "sh",
                        "-c",
                        script.toString()))
                .isEqualTo("over");
    }

    @Test
    void capabilitiesHoldForWhatItOwns() {
        assertThat(docker.ok(
                        "run",
                        "--rm",
                        "--cap-add",
                        "SYS_ADMIN",
                        "--security-opt",
                        "seccomp=unconfined",
                        "box",
                        "sh",
                        "-c",
                        "mkdir /mnt; mount -t tmpfs none /mnt && hostname inside && hostname"))
                .isEqualTo("inside");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--privileged|privileged mode is incompatible with user namespaces.  You must run the container in the host namespace",
                "--network host|cannot share the host's network namespace when user namespaces are enabled",
                "--pid host|cannot share the host PID namespace when user namespaces are enabled",
                "--security-opt writable-cgroups=true|writable cgroups are incompatible with user namespaces",
                "-v /proc:/p|/proc cannot be mounted with the ids of a user namespace",
            })
    void whatDoesNotGoTogetherIsRefused(String flags, String words) {
        List<String> command = new ArrayList<>(List.of("run", "--rm"));
        command.addAll(List.of(flags.split(" ")));
        command.addAll(List.of("box", "true"));
        assertThat(docker.run(command.toArray(String[]::new)).fails(125).err()).contains(words);
        if (!flags.contains("/proc")) {
            command.addAll(1, List.of("--userns", "host"));
            docker.ok(command.toArray(String[]::new));
        }
    }

    @Test
    void whoJoinsNamespacesIsInTheSameUserNamespace() {
        up("first", "--ipc", "shareable");
        up("outside", "--userns", "host");
        up("second", "--network", "container:first", "--ipc", "container:first", "--pid", "container:first");
        assertThat(inside("second", "readlink /proc/self/ns/user"))
                .isEqualTo(inside("first", "readlink /proc/self/ns/user"));
        assertThat(inside("second", "touch /dev/shm/both; stat -c %u /dev/shm/both"))
                .isEqualTo("0");
        assertThat(inside("first", "stat -c %u /dev/shm/both")).isEqualTo("0");
        inside("second", "ping -c 1 -W 5 127.0.0.1");
        assertThat(daemon.cairn("run", "--rm", "--userns", "private", "--network", "container:outside", "box", "true")
                        .fails(125)
                        .err())
                .contains("which is in the host's user namespace");
        up("third");
        assertThat(docker.run(
                                "run",
                                "--rm",
                                "--network",
                                "container:first",
                                "--ipc",
                                "host",
                                "--pid",
                                "container:third",
                                "box",
                                "true")
                        .fails(125)
                        .err())
                .contains("another user namespace");
    }

    @Test
    void networksPortsAndTerminalsAreAsEver() {
        docker.ok("network", "create", "ours");
        try {
            up("web", "--network", "ours", "-p", "127.0.0.1::80");
            docker.ok("exec", "-d", "web", "sh", "-c", "while true; do echo hello | nc -l -p 80; done");
            assertThat(docker.ok(
                            "run",
                            "--rm",
                            "--network",
                            "ours",
                            "box",
                            "sh",
                            "-c",
                            "for i in $(seq 50); do nc web 80 </dev/null | grep hello && break; sleep 0.1; done"))
                    .isEqualTo("hello");
            docker.ok("network", "connect", "bridge", "web");
            assertThat(inside("web", "ip -o -4 addr")).contains(daemon.subnet());
        } finally {
            docker.run("rm", "-f", "web");
            docker.ok("network", "rm", "ours");
        }
        assertThat(docker.terminal(
                                "run",
                                "--rm",
                                "-it",
                                "-u",
                                "user",
                                "box",
                                "sh",
                                "-c",
                                "tty; echo again >/dev/pts/0; stat -c %u:%g /dev/pts/0")
                        .await()
                        .ok()
                        .out()
                        .replace("\r", ""))
                .isEqualTo("/dev/pts/0\nagain\n1000:5\n");
    }

    @Test
    void aDaemonThatWasKilledFindsThemAgain() throws IOException {
        up("lives", "-v", "vol:/v");
        up("ends");
        long base = base("lives");
        long other = base("ends");
        daemon.kill();
        Command.run("sh", "-c", "kill -9 $(cat " + daemon.execRoot() + "/c/*/pid | cut -d' ' -f1 | tail -1)");
        daemon.start();
        String lives = docker.inspect("lives", "{{.State.Running}}").equals("true") ? "lives" : "ends";
        String ended = lives.equals("lives") ? "ends" : "lives";
        assertThat(base(lives)).isEqualTo(lives.equals("lives") ? base : other);
        assertThat(docker.inspect(ended, "{{.State.Running}}")).isEqualTo("false");
        docker.ok("start", ended);
        assertThat(base(ended)).isEqualTo(lives.equals("lives") ? other : base);
        assertThat(base(up("third"))).isNotIn(base, other);
        inside("lives", "touch /v/after /root/after");
        assertThat(owner(layer("lives").resolve("root/after"))).isEqualTo("0:0");
    }

    @Test
    void explainSaysWhichIdsAndWhichMounts() {
        up("box1", "-v", "vol:/v");
        assertThat(daemon.cairn("explain", "box1").ok().out())
                .contains(
                        "private, by default",
                        "0-65535 inside are the host's " + base("box1"),
                        "idmapped layers",
                        "idmapped: owners");
    }
}
