package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the rarer options of {@code docker run} turn into: devices, cgroups, namespaces of others, the first process. */
final class OptionsIT {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static LeakLedger before;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
        if (!TestDaemon.isDocker()) {
            daemon.awaitWarm();
        }
        before = LeakLedger.of(daemon);
    }

    @AfterAll
    static void end() {
        try {
            before.awaitSame(daemon);
        } finally {
            daemon.close();
        }
    }

    @AfterEach
    void removeContainers() {
        daemon.removeContainers();
    }

    private static String sh(String script, String... options) {
        return docker.ok(words(script, options));
    }

    private static Command.Result run(String script, String... options) {
        return docker.run(words(script, options));
    }

    private static String[] words(String script, String... options) {
        List<String> words = new java.util.ArrayList<>(List.of("run", "--rm", "--network", "none"));
        words.addAll(List.of(options));
        words.addAll(List.of("busybox", "sh", "-c", script));
        return words.toArray(String[]::new);
    }

    /** The text of a refusal; the client's exit status is 125 for what the daemon refuses. */
    private static String refused(String... options) {
        return run("true", options).fails(125).err();
    }

    // ---- devices

    @Test
    void deviceOfTheHostIsThereAndMayBeUsed() {
        assertThat(sh("stat -c '%a %F %t:%T %u:%g' /dev/loop0", "--device", "/dev/loop0"))
                .isEqualTo(Command.run("stat", "-c", "%a %F %t:%T %u:%g", "/dev/loop0")
                        .text());
        assertThat(sh("head -c 1 /dev/other | wc -c", "--device", "/dev/zero:/dev/other"))
                .isEqualTo("1");
        // A name of the container's own is given up for it.
        assertThat(sh("head -c 3 /dev/null | wc -c", "--device", "/dev/zero:/dev/null"))
                .isEqualTo("3");
    }

    @Test
    void deviceHasOnlyTheRightsThatWereGiven() {
        assertThat(run("head -c 1 /dev/loop0 && : >/dev/loop0", "--device", "/dev/loop0:/dev/loop0:r")
                        .err())
                .contains("can't create /dev/loop0: Operation not permitted");
        assertThat(run("mknod /tmp/loop b 7 0 && head -c 1 /tmp/loop").err()).contains("Operation not permitted");
    }

    @Test
    void devicesBehindLinksAndInDirectories() throws Exception {
        Path directory = Files.createDirectory(daemon.directory().resolve("devices"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/zero"));
        Command.run("mknod", directory.resolve("full").toString(), "c", "1", "7")
                .ok();
        Files.createDirectory(directory.resolve("deeper"));
        Command.run("mknod", directory.resolve("deeper/null").toString(), "c", "1", "3")
                .ok();
        assertThat(sh("stat -c '%F %t:%T' /dev/z", "--device", directory.resolve("link") + ":/dev/z"))
                .isEqualTo("character special file 1:5");
        assertThat(sh("cd /dev/all; find . -type c | sort", "--device", directory + ":/dev/all"))
                .isEqualTo("./deeper/null\n./full");
        assertThat(run("true", "--device", "/dev/nosuch").fails(127).err())
                .contains(
                        "error gathering device information while adding custom device \"/dev/nosuch\": no such file or directory");
        assertThat(refused("--device", "/etc/passwd"))
                .contains(
                        "error gathering device information while adding custom device \"/etc/passwd\": not a device node");
    }

    @Test
    void deviceRulesAllowWhatIsMadeInside() {
        String script = "mknod /tmp/loop b 7 0 && head -c 1 /tmp/loop >/dev/null && echo may";
        assertThat(sh(script, "--device-cgroup-rule", "b 7:* r")).isEqualTo("may");
        assertThat(sh(script, "--device-cgroup-rule", "a *:* rwm")).isEqualTo("may");
    }

    @Test
    void devicesWithoutDriversAreRefused() {
        assertThat(refused("--gpus", "all")).contains("could not select device driver \"\" with capabilities: [[gpu]]");
        TestDaemon.onlyCairn("Docker 20.10 knows no CDI");
        assertThat(refused("--device", "vendor.com/class=one"))
                .contains("CDI device injection failed: unresolvable CDI devices vendor.com/class=one");
    }

    @Test
    void privilegedHasAllDevicesAndWritableCgroups() {
        TestDaemon.onlyCairn("Docker 20.10 refuses where the host itself lacks a capability");
        assertThat(sh(
                        "head -c 1 /dev/loop0 | wc -c; mkdir /sys/fs/cgroup/pids/mine && echo made; rmdir /sys/fs/cgroup/pids/mine",
                        "--privileged",
                        "--cgroupns",
                        "private"))
                .endsWith("made");
        assertThat(sh("mkdir /sys/fs/cgroup/pids/mine && echo made", "--security-opt", "writable-cgroups=true"))
                .isEqualTo("made");
    }

    // ---- cgroups

    @Test
    void blockDevicesAreLimited() throws Exception {
        String root = Command.run("sh", "-c", "ls /dev/vda /dev/sda /dev/nvme0n1 2>/dev/null | head -n 1")
                .text();
        String numbers = Command.run(
                        "sh", "-c", "cat /sys/block/" + Path.of(root).getFileName() + "/dev")
                .text();
        assertThat(sh(
                        "cd /sys/fs/cgroup/blkio; cat blkio.throttle.*_device",
                        "--device-read-bps",
                        root + ":1mb",
                        "--device-write-bps",
                        root + ":2mb",
                        "--device-read-iops",
                        root + ":30",
                        "--device-write-iops",
                        root + ":40"))
                .isEqualTo(String.join(
                        "\n", numbers + " 1048576", numbers + " 30", numbers + " 2097152", numbers + " 40"));
        boolean weights = Files.exists(CGROUPS.resolve("blkio")
                .resolve(daemon.cgroupParent().substring(1))
                .resolve("blkio.bfq.weight"));
        Command.Result weighed = run("cat /sys/fs/cgroup/blkio/blkio.bfq.weight", "--blkio-weight", "300");
        if (weights && !TestDaemon.isDocker()) {
            assertThat(weighed.ok().out()).startsWith("300\n");
        } else {
            assertThat(weighed.err())
                    .contains(
                            "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.");
        }
        assertThat(run("true", "--device-read-bps", "/dev/nosuch:1mb")
                        .fails(127)
                        .err())
                .contains("/dev/nosuch: no such file or directory");
    }

    @Test
    void limitsOfMemoryAndProcessor() {
        assertThat(sh(
                        "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes"
                                + " memory/memory.soft_limit_in_bytes memory/memory.swappiness cpu/cpu.shares"
                                + " cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpuset/cpuset.cpus pids/pids.max;"
                                + " grep oom_kill_disable memory/memory.oom_control",
                        "-m",
                        "32m",
                        "--memory-reservation",
                        "16m",
                        "--memory-swappiness",
                        "7",
                        "--cpu-shares",
                        "512",
                        "--cpu-quota",
                        "20000",
                        "--cpu-period",
                        "40000",
                        "--cpuset-cpus",
                        "0",
                        "--pids-limit",
                        "77",
                        "--oom-kill-disable"))
                .isEqualTo(String.join(
                        "\n",
                        "33554432",
                        "67108864",
                        "16777216",
                        "7",
                        "512",
                        "20000",
                        "40000",
                        "0",
                        "77",
                        "oom_kill_disable 1"));
    }

    @Test
    void parentsOfCgroups() {
        String parent = daemon.cgroupParent() + "-other/deep";
        for (String asked : List.of(parent, parent.substring(1))) {
            String id = docker.ok(
                    "run",
                    "-d",
                    "--network",
                    "none",
                    "--cgroup-parent",
                    asked,
                    "--cpuset-cpus",
                    "0",
                    "busybox",
                    "sleep",
                    "100");
            String where = Command.run(
                            "sh", "-c", "cat /proc/$0/cgroup", docker.ok("inspect", "-f", "{{.State.Pid}}", id))
                    .text();
            assertThat(where.lines().filter(line -> !line.endsWith("::/")))
                    .allMatch(line -> line.endsWith(parent + "/" + id));
            assertThat(docker.ok("top", id)).contains("sleep 100");
            docker.ok("exec", "-d", id, "sleep", "99");
            assertThat(docker.ok("top", id)).contains("sleep 99");
            docker.ok("rm", "-f", id);
        }
        TestDaemon.onlyCairn("Docker leaves the parents that it made");
        assertThat(Command.run("find", CGROUPS.toString(), "-name", parent.substring(1, parent.indexOf("/", 1)))
                        .text())
                .isEmpty();
    }

    // ---- namespaces

    @Test
    void processesOfAnotherContainer() {
        docker.ok("run", "-d", "--name", "first", "--network", "none", "busybox", "sleep", "1000");
        assertThat(sh("cat /proc/1/cmdline | tr '\\0' ' '", "--pid", "container:first"))
                .startsWith("sleep 1000");
        String second =
                docker.ok("run", "-d", "--network", "none", "--pid", "container:first", "busybox", "sleep", "999");
        assertThat(docker.ok("inspect", "-f", "{{.HostConfig.PidMode}}", second))
                .isEqualTo("container:" + docker.ok("inspect", "-f", "{{.Id}}", "first"));
        assertThat(docker.ok("exec", "first", "ps", "-o", "args")).contains("sleep 999");
        // Whose first process ends takes all others along.
        docker.ok("kill", "first");
        assertThat(docker.ok("wait", second)).isEqualTo("137");
        assertThat(refused("--pid", "container:first")).contains("is not running");
        assertThat(refused("--pid", "container:nobody")).contains("No such container: nobody");
    }

    @Test
    void memoryOfAnotherContainer() {
        String[] script = {"busybox", "sh", "-c", "echo shared >/dev/shm/file; sleep 1000"};
        docker.ok(
                "run",
                "-d",
                "--name",
                "giver",
                "--network",
                "none",
                "--ipc",
                "shareable",
                "--shm-size",
                "8m",
                script[0],
                script[1],
                script[2],
                script[3]);
        Wait.until(
                java.time.Duration.ofSeconds(5),
                () -> "the file",
                () -> docker.ok("exec", "giver", "ls", "/dev/shm").equals("file"));
        String ipc = docker.ok("exec", "giver", "readlink", "/proc/self/ns/ipc");
        assertThat(sh(
                        "cat /dev/shm/file; readlink /proc/self/ns/ipc; df -k /dev/shm | grep -c 8192",
                        "--ipc",
                        "container:giver"))
                .isEqualTo("shared\n" + ipc + "\n1");
        docker.ok(
                "run",
                "-d",
                "--name",
                "middle",
                "--network",
                "none",
                "--ipc",
                "container:giver",
                "busybox",
                "sleep",
                "1000");
        assertThat(sh("cat /dev/shm/file", "--ipc", "container:middle")).isEqualTo("shared");
        docker.ok("run", "-d", "--name", "closed", "--network", "none", "--ipc", "private", "busybox", "sleep", "1000");
        assertThat(refused("--ipc", "container:closed"))
                .contains("non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
        docker.ok("rm", "-f", "giver", "middle", "closed");
        assertThat(Command.run("grep", "-c", daemon.directory() + "/data/containers", "/proc/mounts")
                        .text())
                .isEqualTo("0");
    }

    @Test
    void memoryOfTheHostOrNone() {
        assertThat(sh("readlink /proc/self/ns/ipc; ls -d /dev/shm", "--ipc", "host"))
                .isEqualTo(Command.run("readlink", "/proc/self/ns/ipc").text() + "\n/dev/shm");
        assertThat(run("grep /dev/shm /proc/mounts", "--ipc", "none").fails(1).out())
                .isEmpty();
    }

    @Test
    void nameAndProcessesOfTheHost() {
        assertThat(sh("hostname", "--uts", "host"))
                .isEqualTo(Command.run("hostname").text());
        assertThat(sh("readlink /proc/self/ns/pid", "--pid", "host"))
                .isEqualTo(Command.run("readlink", "/proc/self/ns/pid").text());
    }

    // ---- rights

    @Test
    void filterOfOnesOwn() throws Exception {
        Path profile = daemon.directory().resolve("profile.json");
        Files.writeString(profile, """
                {"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
                  {"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"},
                  {"names":["sethostname"],"action":"SCMP_ACT_ERRNO","excludes":{"caps":["CAP_SYS_ADMIN"]}}]}""");
        String script = "mkdir /tmp/x 2>&1; hostname new && hostname";
        assertThat(sh(script, "--security-opt", "seccomp=" + profile, "--cap-add", "SYS_ADMIN"))
                .contains("mkdir: can't create directory '/tmp/x': Operation not permitted")
                .endsWith("new");
        assertThat(run(script, "--security-opt", "seccomp=" + profile).err()).contains("hostname: sethostname");
        assertThat(sh("grep Seccomp: /proc/self/status", "--security-opt", "seccomp=unconfined"))
                .isEqualTo("Seccomp:\t0");
        if (!TestDaemon.isDocker()) {
            // Docker 20.10 refuses where the host itself lacks a capability.
            assertThat(sh("grep Seccomp: /proc/self/status", "--privileged", "--security-opt", "seccomp=" + profile))
                    .isEqualTo("Seccomp:\t2");
        }
        Files.writeString(profile, "{\"defaultAction\":\"SCMP_ACT_ODD\"}");
        assertThat(run("true", "--security-opt", "seccomp=" + profile).err()).contains("SCMP_ACT_ODD");
    }

    @Test
    void securityOptionsInEverySpelling() {
        for (String option : List.of("no-new-privileges", "no-new-privileges=true", "no-new-privileges:true")) {
            assertThat(sh("grep NoNewPrivs /proc/self/status", "--security-opt", option))
                    .isEqualTo("NoNewPrivs:\t1");
        }
        assertThat(sh("grep NoNewPrivs /proc/self/status", "--security-opt", "no-new-privileges=false"))
                .isEqualTo("NoNewPrivs:\t0");
        // This machine has no such modules.
        sh("true", "--security-opt", "apparmor=odd", "--security-opt", "label=type:odd");
        assertThat(run("true", "--security-opt", "odd=1").err()).contains("invalid --security-opt 2: \"odd=1\"");
        assertThat(sh(
                        "echo x >/proc/sys/kernel/domainname && cat /proc/sys/kernel/domainname",
                        "--security-opt",
                        "systempaths=unconfined"))
                .isEqualTo("x");
    }

    @Test
    void eachOptionIsExplained() {
        TestDaemon.onlyCairn("its own command line");
        String id = docker.ok(
                "create",
                "--name",
                "box",
                "--network",
                "none",
                "-m",
                "32m",
                "--cpus",
                "0.5",
                "--device",
                "/dev/loop0",
                "--cap-add",
                "NET_ADMIN",
                "--cap-drop",
                "CHOWN",
                "--sysctl",
                "kernel.msgmax=1000",
                "--ulimit",
                "nofile=100:200",
                "--init",
                "--pid",
                "host",
                "--read-only",
                "--tmpfs",
                "/ram",
                "-v",
                "/tmp:/host:ro",
                "--security-opt",
                "no-new-privileges",
                "--oom-score-adj",
                "10",
                "busybox",
                "true");
        String json = daemon.cairn("explain", "--json", "box").ok().out().replaceAll("\\s", "");
        Map<String, String> effects = Map.ofEntries(
                Map.entry(
                        "--memory",
                        "memory" + daemon.cgroupParent() + "/" + id + "/memory.limit_in_bytes\",\"What\":\"33554432\""),
                Map.entry("--cpus", "cpu.cfs_quota_us\",\"What\":\"50000\""),
                Map.entry("--device", "devices.allow\",\"What\":\"b7:0rwm\""),
                Map.entry("--cap-add", "\"capability\",\"Where\":\"CAP_NET_ADMIN\",\"What\":\"given\""),
                Map.entry("--cap-drop", "\"capability\",\"Where\":\"CAP_CHOWN\",\"What\":\"takenaway\""),
                Map.entry("--sysctl", "/proc/sys/kernel/msgmax\",\"What\":\"1000\""),
                Map.entry("--ulimit", "\"rlimit\",\"Where\":\"RLIMIT_NOFILE\",\"What\":\"100,atmost200\""),
                Map.entry("--pid", "\"namespace\",\"Where\":\"pid\",\"What\":\"thehost's\""),
                Map.entry("--read-only", "\"mount\",\"Where\":\"/\",\"What\":\"read-only\""),
                Map.entry("--tmpfs", "\"mount\",\"Where\":\"/ram\""),
                Map.entry("--volume", "\"Where\":\"/host\",\"What\":\"bindof/tmp,read-only"),
                Map.entry("--security-opt", "\"no_new_privs\",\"What\":\"set\""),
                Map.entry("--oom-score-adj", "/proc/self/oom_score_adj\",\"What\":\"10\""));
        effects.forEach((option, effect) -> assertThat(json)
                .as(option)
                .contains("\"Option\":\"" + option + "\"")
                .contains(effect));
        assertThat(daemon.cairn("explain", "box").ok().out())
                .contains("Options, and what they turn into")
                .containsPattern("--cpus 0.5 +cgroup +cpu.cfs_period_us +100000");
    }

    // ---- the first process

    @Test
    void initReapsAndPassesOn() {
        assertThat(sh("cat /proc/1/cmdline | tr '\\0' ' '", "--init")).startsWith("/sbin/docker-init -- sh -c");
        assertThat(sh(
                        "sh -c 'sh -c \"sleep 0.1\" & exit 0'; sleep 0.4; grep -h '^State' /proc/[0-9]*/status",
                        "--init"))
                .doesNotContain("Z (zombie)");
        run("kill -9 $$", "--init").fails(137);
        docker.run("run", "--rm", "--network", "none", "--init", "busybox", "nosuch")
                .fails(127);
        docker.ok(
                "run",
                "-d",
                "--name",
                "box",
                "--network",
                "none",
                "--init",
                "busybox",
                "sh",
                "-c",
                "trap 'exit 9' TERM; echo up; while :; do sleep 0.1; done");
        Wait.until(
                java.time.Duration.ofSeconds(5),
                () -> "the trap",
                () -> docker.ok("logs", "box").equals("up"));
        docker.ok("stop", "box");
        assertThat(docker.ok("inspect", "-f", "{{.State.ExitCode}} {{.HostConfig.Init}}", "box"))
                .isEqualTo("9 true");
        // There is a first process already.
        assertThat(sh("ps -o args | grep -c docker-ini[t]; true", "--init", "--pid", "host"))
                .isEqualTo("0");
    }

    // ---- what makes no sense

    /** Not all of it would get past the client. */
    @Test
    void senselessRequestsAreRefusedInDockersWords() {
        Map<String, String> refusals = new LinkedHashMap<>();
        refusals.put("'Memory':4194304", "Minimum memory limit allowed is 6MB");
        refusals.put(
                "'Memory':16777216,'MemorySwap':8388608",
                "Minimum memoryswap limit should be larger than memory limit, see usage");
        refusals.put(
                "'MemorySwap':8388608",
                "You should always set the Memory limit when using Memoryswap limit, see usage");
        refusals.put("'MemoryReservation':4194304", "Minimum memory reservation allowed is 6MB");
        refusals.put(
                "'Memory':16777216,'MemoryReservation':33554432",
                "Minimum memory limit can not be less than memory reservation limit, see usage");
        refusals.put("'MemorySwappiness':101", "Invalid value: 101, valid memory swappiness range is 0-100");
        refusals.put(
                "'NanoCpus':1000000000,'CpuPeriod':10000",
                "Conflicting options: Nano CPUs and CPU Period cannot both be set");
        refusals.put(
                "'NanoCpus':1000000000,'CpuQuota':10000",
                "Conflicting options: Nano CPUs and CPU Quota cannot both be set");
        refusals.put("'NanoCpus':9000000000000", "CPUs available");
        refusals.put(
                "'CpuPeriod':10",
                "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        refusals.put("'CpuQuota':10", "CPU cfs quota can not be less than 1ms (i.e. 1000)");
        refusals.put("'CpusetCpus':'1-'", "Invalid value 1- for cpuset cpus");
        refusals.put("'CpusetCpus':'0-8000'", "Requested CPUs are not available - requested 0-8000, available: ");
        refusals.put("'CpusetMems':'77'", "Requested memory nodes are not available - requested 77, available: 0");
        refusals.put("'OomScoreAdj':1001", "Invalid value 1001, range for oom score adj is [-1000, 1000]");
        refusals.put("'ShmSize':-1", "SHM size can not be less than 0");
        refusals.put("'CapAdd':['odd']", "invalid CapAdd: unknown capability: \\\"CAP_ODD\\\"");
        refusals.put("'CapDrop':['odd']", "invalid CapDrop: unknown capability: \\\"CAP_ODD\\\"");
        refusals.put("'Runtime':'odd'", "runtime name");
        refusals.put("'NetworkMode':'container:'", "invalid container format container:<name|id>");
        refusals.put(
                "'NetworkMode':'container:other','PublishAllPorts':true",
                "conflicting options: port publishing and the container type network mode");
        refusals.put(
                "'NetworkMode':'container:other','Dns':['10.0.0.1']", "conflicting options: dns and the network mode");
        refusals.put("'Isolation':'odd'", "linux only supports 'default'");
        if (!TestDaemon.isDocker()) {
            // In other words, or not at all, with Docker 20.10.
            refusals.put(
                    "'CpuRealtimePeriod':1000,'CpuRealtimeRuntime':2000",
                    "cpu real-time runtime cannot be higher than cpu real-time period");
            refusals.put("'CpuShares':-2", "invalid CPU shares (-2): value must be a positive integer");
            refusals.put("'PidMode':'odd'", "invalid PID mode: odd");
            refusals.put("'IpcMode':'odd'", "invalid IPC mode: odd");
            refusals.put("'UTSMode':'odd'", "invalid UTS mode: odd");
            refusals.put("'CgroupnsMode':'odd'", "invalid cgroup namespace mode: odd");
            refusals.put("'Annotations':{'':'x'}", "the empty string is not permitted as an annotation key");
        }
        refusals.forEach((fields, text) -> {
            String body = "{'Image':'busybox','HostConfig':{" + fields + "}}";
            Api.Response answer = daemon.api().post("/containers/create", body.replace('\'', '"'));
            assertThat(answer.text()).as(fields).contains(text);
            assertThat(answer.status()).as(fields).isEqualTo(400);
        });
        assertThat(docker.ok("ps", "-aq")).isEmpty();
    }
}
