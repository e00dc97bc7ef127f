package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Attacks on container engines that got a number, made anew, as far as they come from a running container or its image. A canary beside
 * the daemon's directory stands for the host: it stays what it is, and nothing is mounted or made outside of a container.
 */
final class RuntimeAttacksIT {
    private static final boolean LONG = System.getenv("CAIRN_LONG") != null;
    private static final String SECRET = "of the host only";

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;
    private static Path canary;
    private static String mountsBefore;
    private String canaryBefore;

    @BeforeAll
    static void start() throws IOException {
        TestDaemon.onlyCairn("old engines lose some of these");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        work = TestDaemon.newDirectory();
        canary = Files.createDirectory(work.resolve("canary"));
        Files.writeString(canary.resolve("secret"), SECRET + "\n");
        Files.setPosixFilePermissions(canary.resolve("secret"), PosixFilePermissions.fromString("rw-r-----"));
        image("box", Map.of("evil", "/proc/self/exe"));
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            daemon.close();
            TestDaemon.deleteTree(work);
        }
    }

    @BeforeEach
    void look() {
        canaryBefore = stateOfTheCanary();
        mountsBefore = String.join("\n", LeakLedger.mountsBelow(work));
    }

    @AfterEach
    void nothingOutside() {
        daemon.removeContainers();
        assertThat(stateOfTheCanary()).isEqualTo(canaryBefore);
        assertThat(String.join("\n", LeakLedger.mountsBelow(work))).isEqualTo(mountsBefore);
        assertThat(Path.of("/tmp/escaped")).doesNotExist();
    }

    private static String stateOfTheCanary() {
        return Command.run(
                        "sh",
                        "-c",
                        "cd " + canary + " && find . | sort | xargs stat -c '%n %a %u %g %s %i %h' && cat *")
                .ok()
                .out();
    }

    /** Busybox, the attacker, and these links. */
    private static void image(String name, Map<String, String> links, String... changes) throws IOException {
        Path root = Images.busyboxRoot(Files.createTempDirectory(work, "image"));
        Images.compile("attacker", root);
        Files.writeString(
                root.resolve("etc/passwd"),
                "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n1000:x:0:0:evil:/:/bin/sh\n");
        for (Map.Entry<String, String> link : links.entrySet()) {
            Path path = root.resolve(link.getKey());
            Files.createDirectories(path.getParent());
            Files.createSymbolicLink(path, Path.of(link.getValue()));
        }
        Images.importTree(
                docker,
                root,
                name,
                Stream.concat(Stream.of("ENV PATH=/bin"), Stream.of(changes)).toArray(String[]::new));
    }

    /** From a container's root up and out to a directory of the host. */
    private static String out(Path path) {
        return "/../../../../../../../.." + path;
    }

    private static String run(String... words) {
        return docker.ok(Stream.concat(Stream.of("run", "--rm", "--network", "none"), Stream.of(words))
                .toArray(String[]::new));
    }

    private static Command.Result tried(String... words) {
        return docker.run(Stream.concat(Stream.of("run", "--rm", "--network", "none"), Stream.of(words))
                .toArray(String[]::new));
    }

    private static void sleeper(String name, String... words) {
        docker.ok(Stream.concat(
                        Stream.of("run", "-d", "--name", name, "--network", "none"),
                        words.length > 0 ? Stream.of(words) : Stream.of("box", "sleep", "1000"))
                .toArray(String[]::new));
    }

    // ---- what is in the container when it begins

    /** What a hunter in the container got hold of while so many processes were sent into it. */
    private static List<String> hunted(int execs, String... command) {
        sleeper("hunted");
        try (Command hunter = docker.start("exec", "hunted", "/attacker", "hunt")) {
            hunter.awaitOutput("ready");
            for (int i = 0; i < execs; i++) {
                docker.run(Stream.concat(Stream.of("exec", "hunted"), Stream.of(command))
                        .toArray(String[]::new));
            }
            docker.ok("rm", "-f", "hunted");
            return hunter.await().lines();
        }
    }

    @Test
    void cve20195736TheProgramThatMakesContainersCannotBeOverwritten() {
        Path shim = TestDaemon.dist().resolve("bin/cairn-shim");
        String before = Images.sha256(shim);
        assertThat(run("box", "/evil", "version")).startsWith("cairn-shim, launch plan");
        // One that stays for a moment, so that the hunter can hold on to it and wait for its end.
        sleeper("held");
        try (Command hunter = docker.start("exec", "held", "/attacker", "hunt")) {
            hunter.awaitOutput("ready");
            for (int i = 0; i < (LONG ? 100 : 2); i++) {
                try (Command running = docker.start("exec", "-i", "held", "/evil", "serve", "/tmp/sock")) {
                    hunter.awaitOutput("exe /memfd:cairn-shim (deleted)");
                    Wait.pause(Duration.ofMillis(100));
                    running.endInput();
                    running.await().ok();
                }
            }
            docker.ok("rm", "-f", "held");
            assertThat(hunter.await().lines()).noneMatch(line -> line.startsWith("overwritten"));
        }
        assertThat(hunted(LONG ? 1000 : 15, "/evil", "version")).noneMatch(line -> line.startsWith("overwritten"));
        assertThat(Images.sha256(shim)).isEqualTo(before);
    }

    @Test
    void cve20169962WhoEntersAContainerIsNotSeenBeforeItIsTheProgram() {
        assertThat(hunted(LONG ? 1000 : 30, "true"))
                .contains("exe /bin/busybox", "root /")
                .allMatch(line -> line.equals("ready")
                        || line.equals("exe /bin/busybox")
                        || line.equals("root /")
                        || line.equals("cwd /")
                        || line.equals("fd /dev/null")
                        || line.equals("fd pipe:[]"));
    }

    @Test
    void cve202421626NoDescriptorLeadsToTheHost() throws IOException {
        String own = "0 /dev/null\n1 pipe:[]\n2 pipe:[]\ncwd /";
        String read = "cat secret ../../../../../../../.." + canary + "/secret";
        assertThat(run("box", "/attacker", "descriptors").replaceAll("\\[\\d+]", "[]"))
                .isEqualTo(own);
        sleeper("inside");
        assertThat(docker.ok("exec", "inside", "/attacker", "descriptors").replaceAll("\\[\\d+]", "[]"))
                .isEqualTo(own);
        for (int fd = 3; fd < (LONG ? 300 : 8); fd++) {
            String directory = "/proc/self/fd/" + fd;
            Command.Result ran = tried("-w", directory, "box", "sh", "-c", read);
            assertThat(ran.exit()).as(ran.toString()).isNotZero();
            assertThat(ran.out()).doesNotContain(SECRET);
            Command.Result executed = docker.run("exec", "-w", directory, "inside", "sh", "-c", read);
            assertThat(executed.exit()).isNotZero();
            assertThat(executed.out()).doesNotContain(SECRET);
        }
        image("workdir", Map.of("wd", "/proc/self/fd/8"), "WORKDIR /wd");
        assertThat(tried("workdir", "sh", "-c", read).out()).doesNotContain(SECRET);
    }

    // ---- rights

    @Test
    void cve202229162AndCve202224769NothingIsInheritableOrAmbient() {
        String look = "grep -E 'CapInh|CapAmb' /proc/self/status | tr -d '\\n'";
        String none = "CapInh:\t0000000000000000CapAmb:\t0000000000000000";
        for (List<String> flags : List.of(
                List.<String>of(), List.of("-u", "user"), List.of("--privileged"), List.of("--cap-add", "ALL"))) {
            String[] words = Stream.concat(flags.stream(), Stream.of("box", "sh", "-c", look))
                    .toArray(String[]::new);
            assertThat(run(words)).as("run %s", flags).isEqualTo(none);
        }
        sleeper("inside");
        for (List<String> flags : List.of(List.<String>of(), List.of("-u", "user"), List.of("--privileged"))) {
            String[] words = Stream.concat(
                            Stream.concat(Stream.of("exec"), flags.stream()), Stream.of("inside", "sh", "-c", look))
                    .toArray(String[]::new);
            assertThat(docker.ok(words)).as("exec %s", flags).isEqualTo(none);
        }
    }

    @Test
    void cve20220492AndCve202325809CgroupsAreReadOnly() {
        String script = """
                unshare -r true 2>&1; unshare -m true 2>&1; mkdir /m; mount -t cgroup -o memory none /m 2>&1
                for f in $(find /sys/fs/cgroup/ -name release_agent -o -name cgroup.procs -o -name notify_on_release -o -name devices.allow)
                do echo 0 2>&1 >$f && echo "written: $f"; done; true""";
        String tried = run("box", "sh", "-c", script);
        assertThat(tried.lines().filter(line -> line.contains("ermission denied") || line.contains("not permitted")))
                .as(tried)
                .hasSize(3);
        assertThat(tried.lines().filter(line -> line.contains("Read-only file system")))
                .as(tried)
                .isNotEmpty();
        assertThat(tried).doesNotContain("written:");
    }

    @Test
    void cve20220811SettingsAreOfTheContainersNamespacesAndValuesArePlain() {
        for (String setting : List.of(
                "kernel.core_pattern=x",
                "kernel.shm_rmid_forced=1+kernel.core_pattern=|/evil",
                "kernel.shm_rmid_forced=1\nkernel.core_pattern=x",
                "kernel.msgmax=1=2",
                "kernel.shm_rmid_forced/../core_pattern=x",
                "net.ipv4/../../kernel/core_pattern=x",
                "net..=1",
                "net.ipv4.ip_forward=$(reboot)",
                "vm.overcommit_memory=1",
                "fs.file-max=1",
                "=1")) {
            assertThat(tried("--sysctl", setting, "box", "true").exit())
                    .as(setting)
                    .isEqualTo(125);
        }
        String body = """
                {"Image":"box","HostConfig":{"NetworkMode":"none","Sysctls":{"%s":"%s"}}}""";
        for (List<String> pair : List.of(
                List.of("kernel.msgmax", "1\\u0000"),
                List.of("kernel.msgmax\\u0000x", "1"),
                List.of("net.\\u006e\\n", "1"))) {
            Api.Response made =
                    daemon.api().post("/containers/create", body.formatted(pair.getFirst(), pair.getLast()));
            int status = made.status();
            if (status == 201) {
                String id = made.text().replaceAll(".*\"Id\":\"([0-9a-f]+)\".*", "$1");
                status = daemon.api().post("/containers/" + id + "/start", "").status();
            }
            assertThat(status).as(pair.toString()).isEqualTo(400);
        }
        assertThat(run("--sysctl", "kernel.msgmax=12345", "box", "cat", "/proc/sys/kernel/msgmax"))
                .isEqualTo("12345");
    }

    @Test
    void cve202236109AndCve202325173AndCve202630892UsersAreWhoTheySay() {
        String look = "sed -n 's/^\\([UG]id\\|Groups\\):\\t\\([^\\t]*\\).*/\\1 \\2/p' /proc/self/status | tr '\\n' ' '";
        Map<String, String> wanted = new TreeMap<>(Map.of(
                "", "Uid 0 Gid 0 Groups 0",
                "user", "Uid 1000 Gid 1000 Groups 1000 2000",
                // The account with that number, and not the one with that name, which is root's.
                "1000", "Uid 1000 Gid 1000 Groups 1000 2000",
                "01", "Uid 1 Gid 0 Groups 0",
                "1", "Uid 1 Gid 0 Groups 0",
                "user:extra", "Uid 1000 Gid 2000 Groups 2000",
                "2147483647:2147483647", "Uid 2147483647 Gid 2147483647 Groups 2147483647",
                "7:8", "Uid 7 Gid 8 Groups 8"));
        sleeper("inside");
        wanted.forEach((spec, ids) -> {
            assertThat(run("-u", spec, "box", "sh", "-c", look).strip())
                    .as("run -u \"%s\"", spec)
                    .isEqualTo(ids);
            assertThat(docker.ok("exec", "-u", spec, "inside", "sh", "-c", look).strip())
                    .as("exec -u \"%s\"", spec)
                    .isEqualTo(ids);
        });
        for (String spec : List.of(
                "2147483648", "4294967295", "4294967296", "0:4294967296", "+1", "-1", "0x0", "99999999999999999999")) {
            assertThat(tried("-u", spec, "box", "id").exit()).as(spec).isNotZero();
            assertThat(docker.run("exec", "-u", spec, "inside", "id").out())
                    .as(spec)
                    .isEmpty();
        }
    }

    @Test
    void cve202615809NoLineOfPasswdIsWrittenFromTheEnvironment() {
        assertThat(run("-e", "HOME=/x\nevil::0:0::/:/bin/sh", "-e", "USER=x\nevil::0:0", "box", "cat", "/etc/passwd"))
                .doesNotContain("evil::")
                .startsWith("root:x:0:0");
    }

    @Test
    void cve202647262AFileOfAccountsThatNeverEndsHoldsNobodyUp() throws IOException {
        Path root = Images.busyboxRoot(Files.createTempDirectory(work, "giant"));
        Files.delete(root.resolve("etc/passwd"));
        Command.run("mkfifo", root.resolve("etc/passwd").toString()).ok();
        Command.run("truncate", "-s", "1G", root.resolve("etc/group").toString())
                .ok();
        Path tar = work.resolve("giant.tar");
        Command.run("tar", "-S", "-C", root.toString(), "-cf", tar.toString(), ".")
                .ok();
        docker.ok("import", "-c", "ENV PATH=/bin", tar.toString(), "giant");
        Command.Result result = tried("-u", "user:extra", "giant", "id");
        assertThat(result.exit()).isNotZero();
        assertThat(result.err()).containsAnyOf("larger than 1 MiB", "unable to find");
    }

    // ---- images whose files stand in the way

    @Test
    void cve20245154FilesOfTheEngineAreNotWrittenThroughLinks() throws IOException {
        String target = out(canary) + "/";
        image(
                "linked",
                Map.of(
                        "etc/hosts", target + "secret",
                        "etc/hostname", target + "made",
                        "etc/resolv.conf", canary + "/secret",
                        "etc/mtab", target + "mtab"));
        Command.Result result = docker.run("run", "--rm", "linked", "sh", "-c", "cat /etc/hosts; hostname");
        assertThat(result.out()).doesNotContain(SECRET);
        assertThat(result.exit()).as(result.toString()).isIn(0, 125);
    }

    @Test
    void cve202531133MasksAreTheEnginesOwnNullDevice() throws IOException {
        image("null", Map.of("dev/null", out(canary) + "/secret", "dev/console", out(canary) + "/console"));
        String look =
                "for f in kcore keys timer_list interrupts sched_debug; do test -e /proc/$f && stat -c '%t:%T %A' /proc/$f; done;"
                        + " stat -c '%t:%T %A' /dev/null; cat /proc/keys /proc/timer_list";
        assertThat(run("null", "sh", "-c", look).lines()).isNotEmpty().containsOnly("1:3 crw-rw-rw-");
    }

    @Test
    void cve202552565TheConsoleIsTheTerminalThatWasMade() throws IOException {
        image("console", Map.of("dev/pts/0", out(canary) + "/secret", "dev/console", out(canary) + "/secret"));
        String look = "stat -c '%t %A' /dev/console /dev/pts/0; grep ' /dev/console ' /proc/self/mountinfo";
        try (Command terminal =
                docker.terminal("run", "--rm", "-t", "--network", "none", "-u", "user", "console", "sh", "-c", look)) {
            assertThat(terminal.await().ok().out())
                    .contains("88 crw", " - devpts devpts ")
                    .doesNotContain(SECRET);
        }
    }

    /** A link in the place of a mount point is hidden by a directory of the container's own, or the start is refused. */
    private static void isConfined(String name, String type, Command.Result result) {
        assertThat(result.exit()).as("%s: %s", name, result).isIn(0, 125);
        if (result.exit() == 0) {
            assertThat(result.lines())
                    .as("%s: %s", name, result)
                    .containsExactly("directory", type + " /" + name + " " + type, "9999");
        } else {
            assertThat(result.err()).contains("/" + name);
        }
    }

    private static Command.Result withLink(String name, String target) throws IOException {
        image("astray", Map.of(name, target));
        String look = "test ! -L /%1$s && test -d /%1$s && echo directory; grep -o '^[a-z]* /%1$s [a-z]*' /proc/mounts;"
                .formatted(name);
        return tried("--sysctl", "kernel.msgmax=9999", "astray", "sh", "-c", look + " cat /proc/sys/kernel/msgmax");
    }

    @Test
    void cve202552881AndKinProcAndSysThatAreLinksAreNotFollowed() throws IOException {
        for (String target : List.of(canary.toString(), out(canary), "tmp")) {
            isConfined("proc", "proc", withLink("proc", target));
            isConfined("sys", "sysfs", withLink("sys", target));
        }
        assertThat(docker.ok("ps", "-aq")).isEmpty();
    }

    @Test
    void cve202641579AndCve202647766DevicesAreNotMadeThroughALink() throws IOException {
        for (String target : List.of(canary.toString(), out(canary), "tmp")) {
            isConfined("dev", "tmpfs", withLink("dev", target));
        }
    }

    @Test
    void cve202653488LabelsOfAnImageAreDataAndNoMore() throws IOException {
        image(
                "labelled",
                Map.of(),
                "LABEL com.docker.volume.anonymous=x com.docker.network.bridge.name=docker0 cairn.hook=/evil"
                        + " com.docker.compose.project=x desktop.docker.io/mounts/0/Source=" + canary,
                "VOLUME /v");
        assertThat(run("--annotation", "run.oci.hooks=/evil", "labelled", "sh", "-c", "ls /v; id -u; ip link | wc -l"))
                .isEqualTo("0\n" + run("box", "sh", "-c", "ip link | wc -l"));
        assertThat(docker.ok("volume", "ls", "-q")).isEmpty();
    }

    // ---- races

    /** Who swaps a directory for a link in a shared volume leads no mount, no file and no directory out. */
    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void cve202130465AndCve202445310LinksSwappedInASharedVolumeLeadNowhere() {
        sleeper(
                "racer",
                "-v",
                "raced:/v",
                "box",
                "sh",
                "-c",
                "mkdir /v/at; ln -s " + out(canary) + " /v/evil; exec /attacker exchange /v/at /v/evil");
        Wait.until(
                Command.PATIENCE,
                () -> "the racer",
                () -> docker.ok("logs", "racer").contains("ready"));
        int rounds = LONG ? 2000 : 20;
        int started = 0;
        for (int i = 0; i < rounds; i++) {
            Command.Result result = tried(
                    "-v",
                    "raced:/v",
                    "-v",
                    "other:/v/at/deep",
                    "-v",
                    "/etc/hostname:/v/at/file",
                    "--mount",
                    "type=tmpfs,target=/v/at/tmp",
                    "box",
                    "cat",
                    "/v/at/secret");
            assertThat(result.out()).doesNotContain(SECRET);
            started += result.exit() == 1 ? 1 : 0;
        }
        System.out.println(
                "FIGURE starts that met a swapped mount target = " + rounds + ", " + started + " of them started");
        docker.ok("rm", "-f", "racer");
        docker.ok("volume", "rm", "-f", "raced", "other");
    }

    // ---- terminals, processes, sockets

    /** What is typed by ioctl stays in the container's terminal. */
    @Test
    void terminalInjectionDoesNotReachTheUsersShell() {
        String made = "/tmp/escaped";
        String line = "docker run --rm -it --network none box /attacker inject 'touch " + made + "\n';"
                + " read -t 1 typed; echo \"got:$typed:\"";
        try (Command terminal = Command.start(
                Map.of("DOCKER_HOST", "unix://" + daemon.socket()),
                List.of("script", "-qefc", "bash -c " + "'" + line.replace("'", "'\\''") + "'", "/dev/null"))) {
            terminal.awaitOutput("got:");
            assertThat(terminal.outSoFar()).contains("typed: ").contains("got::");
        }
        assertThat(run("box", "/attacker", "inject", "x")).contains("no terminal");
        sleeper("inside");
        assertThat(docker.ok("exec", "inside", "/attacker", "inject", "x")).contains("no terminal");
    }

    /**
     * In a pid namespace with hardly a free number, next to processes that come and go: none of them is ever hit by a signal that was meant for
     * a container's.
     */
    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void reusedPidsAreNotMistakenForContainers() throws IOException {
        Path directory = TestDaemon.newDirectory();
        Path engine = directory.resolve("crowded");
        // From Linux 6.14 on each pid namespace has a limit of its own.
        Files.writeString(engine, """
                #!/bin/sh
                unshare --pid --fork --kill-child --mount --mount-proc sh -c '
                echo 700 >/proc/sys/kernel/pid_max && touch %1$s/limited
                for i in 1 2 3 4 5 6; do
                    while sleep 0.02; do :; done || echo "hit: $?" >>%1$s/hits &
                done
                exec %2$s "$@"' crowded "$@" &
                trap "kill -KILL $!; exit 0" TERM
                wait
                """.formatted(directory, TestDaemon.engine()));
        Files.setPosixFilePermissions(engine, PosixFilePermissions.fromString("rwxr-xr-x"));
        String[] release = Command.run("uname", "-r").text().split("[.-]");
        int version = 1000 * Integer.parseInt(release[0]) + Integer.parseInt(release[1]);
        assumeTrue(version >= 6014, "this kernel has one limit of pids for all namespaces");
        int containers = LONG ? 2000 : 12;
        try (TestDaemon crowded = TestDaemon.on(directory, engine.toString())) {
            Images.importBusybox(crowded, "box");
            for (int i = 0; i < containers; i++) {
                String id =
                        crowded.docker().ok("run", "-d", "--network", "none", "box", "sleep", i % 2 == 0 ? "100" : "0");
                crowded.docker().run("exec", id, "true");
                crowded.docker().run("kill", id);
                crowded.docker().ok("rm", "-f", id);
            }
            assertThat(directory.resolve("limited")).exists();
            assertThat(directory.resolve("hits")).doesNotExist();
        }
    }

    /** The daemon, its launcher, monitors and holders of ports. */
    private static List<Long> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() == daemon.pid()
                        || process.parent()
                                .map(parent -> parent.pid() == daemon.pid())
                                .orElse(false)
                        || Command.run("cat", "/proc/" + process.pid() + "/cmdline")
                                .out()
                                .contains(daemon.directory().toString()))
                .map(ProcessHandle::pid)
                .toList();
    }

    /** Inodes of the sockets that processes have open. */
    private static List<String> sockets(List<Long> pids) {
        List<String> inodes = new ArrayList<>();
        for (long pid : pids) {
            for (String line : Command.run("ls", "-l", "/proc/" + pid + "/fd").lines()) {
                if (line.contains("socket:[")) {
                    inodes.add(line.replaceAll(".*socket:\\[(\\d+)].*", "$1"));
                }
            }
        }
        return inodes;
    }

    @Test
    void cve202015257AndCve20259074NoSocketCanBeReachedFromAContainer() {
        docker.ok("run", "-d", "--name", "networked", "-p", "127.0.0.1::80", "box", "sleep", "1000");
        sleeper("alone");
        List<String> inodes = sockets(processes());
        assertThat(inodes).isNotEmpty();
        String port = docker.ok("port", "networked", "80").replaceAll(".*:", "");
        assertThat(Command.run("cat", "/proc/net/unix").lines())
                .noneMatch(line ->
                        line.contains(" @") && inodes.contains(line.strip().split("\\s+")[6]));
        for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
            for (String line : Command.run("cat", "/proc/net/" + table).lines()) {
                String[] fields = line.strip().split("\\s+");
                if (inodes.contains(fields.length > 9 ? fields[9] : "")) {
                    assertThat(fields[1]).as("%s: %s", table, line).endsWith(":%04X".formatted(Integer.parseInt(port)));
                }
            }
        }
        for (String host : List.of(daemon.subnet() + ".1", "127.0.0.1")) {
            for (String closed : List.of("2375", "2376", "2377", port)) {
                assertThat(docker.run("exec", "networked", "nc", "-w", "1", host, closed)
                                .exit())
                        .as("%s:%s", host, closed)
                        .isNotZero();
            }
        }
        assertThat(docker.ok("exec", "networked", "sh", "-c", "find / -xdev -type s"))
                .isEmpty();
    }

    /** From the first moment that a socket can be seen. */
    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void socketsAreNeverOpenToOthers() throws InterruptedException {
        List<String> loose = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong looks = new AtomicLong();
        Thread watcher = Thread.ofPlatform().daemon().name("watcher").start(() -> {
            while (!done.get()) {
                looks.addAndGet(watch(daemon.socket(), loose) + watch(daemon.execRoot(), loose));
            }
        });
        for (int i = 0; i < (LONG ? 60 : 1); i++) {
            daemon.stop();
            daemon.start();
        }
        for (int i = 0; i < (LONG ? 500 : 3); i++) {
            run("box", "true");
        }
        done.set(true);
        watcher.join(Duration.ofSeconds(20));
        assertThat(looks.get()).isPositive();
        assertThat(loose).isEmpty();
    }

    private static int watch(Path path, List<String> loose) {
        int seen = 0;
        try (Stream<Path> all = Files.exists(path) ? Files.walk(path, 4) : Stream.empty()) {
            for (Path one : all.toList()) {
                Map<String, Object> attributes = Files.readAttributes(one, "unix:mode", LinkOption.NOFOLLOW_LINKS);
                int mode = (Integer) attributes.get("mode");
                boolean socket = (mode & 0170000) == 0140000;
                seen += socket ? 1 : 0;
                if (socket && (mode & 0117) != 0) {
                    loose.add(one + " " + Integer.toOctalString(mode));
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // Gone between two looks.
        }
        return seen;
    }
}
