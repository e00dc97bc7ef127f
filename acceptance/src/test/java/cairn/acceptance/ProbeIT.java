package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a container's process can see and do, asked from inside by a static program that is all there is in its image. */
final class ProbeIT {
    private static final int EPERM = 1;
    private static final int EROFS = 30;
    private static final int ENOSYS = 38;
    private static final int ENOENT = 2;

    /** CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP. */
    private static final String DEFAULT_CAPABILITIES = "00000000a80425fb";

    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^,}\"]*))");

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static List<Map<String, String>> facts;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importProbe(daemon, "probe");
        facts = probe("run", "--rm", "--hostname", "inside", "probe", "/probe", "facts");
    }

    @AfterAll
    static void end() {
        daemon.close();
    }

    @AfterEach
    void removeContainers() {
        daemon.removeContainers();
    }

    private static List<Map<String, String>> probe(String... words) {
        List<Map<String, String>> objects = new ArrayList<>();
        for (String line : docker.run(words).ok().lines()) {
            Map<String, String> object = new TreeMap<>();
            Matcher matcher = FIELD.matcher(line);
            while (matcher.find()) {
                String value = matcher.group(2) == null
                        ? matcher.group(3)
                        : matcher.group(2).replace("\\u0009", "\t").replace("\\\\", "\\");
                object.put(matcher.group(1), value);
            }
            objects.add(object);
        }
        return objects;
    }

    private static List<Map<String, String>> about(List<Map<String, String>> facts, String fact) {
        return facts.stream().filter(object -> fact.equals(object.get("fact"))).toList();
    }

    private static String status(List<Map<String, String>> facts, String name) {
        return about(facts, "status").stream()
                .map(object -> object.get("value"))
                .filter(value -> value.startsWith(name + ":"))
                .map(value -> value.substring(name.length() + 1).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no status line " + name));
    }

    private static Map<String, Map<String, String>> byPath(List<Map<String, String>> facts, String fact) {
        return about(facts, fact).stream().collect(Collectors.toMap(object -> object.get("path"), object -> object));
    }

    // ---- rights

    @Test
    void capabilitiesAreDockersFourteen() {
        assertThat(status(facts, "CapEff")).isEqualTo(DEFAULT_CAPABILITIES);
        assertThat(status(facts, "CapPrm")).isEqualTo(DEFAULT_CAPABILITIES);
        assertThat(status(facts, "CapBnd")).isEqualTo(DEFAULT_CAPABILITIES);
        assertThat(status(facts, "CapInh")).isEqualTo("0000000000000000");
        assertThat(status(facts, "CapAmb")).isEqualTo("0000000000000000");
    }

    @Test
    void otherUsersHaveNoneOfThem() {
        List<Map<String, String>> own =
                probe("run", "--rm", "-u", "1000:1000", "--network", "none", "probe", "/probe", "facts");
        assertThat(status(own, "CapEff")).isEqualTo("0000000000000000");
        assertThat(status(own, "CapPrm")).isEqualTo("0000000000000000");
        assertThat(status(own, "CapBnd")).isEqualTo(DEFAULT_CAPABILITIES);
        assertThat(status(own, "Uid")).isEqualTo("1000\t1000\t1000\t1000");
        assertThat(status(own, "Groups")).isEqualTo("1000");
    }

    @Test
    void capabilitiesAreAddedAndDropped() {
        List<Map<String, String>> none =
                probe("run", "--rm", "--cap-drop", "ALL", "--network", "none", "probe", "/probe", "facts");
        assertThat(status(none, "CapBnd")).isEqualTo("0000000000000000");
        List<Map<String, String>> one = probe(
                "run",
                "--rm",
                "--cap-drop",
                "ALL",
                "--cap-add",
                "NET_ADMIN",
                "--network",
                "none",
                "probe",
                "/probe",
                "facts");
        assertThat(status(one, "CapEff")).isEqualTo("0000000000001000");
    }

    @Test
    void filterIsOnAndPrivilegesAreNotGivenUpUnlessAsked() {
        assertThat(status(facts, "Seccomp")).isEqualTo("2");
        assertThat(status(facts, "NoNewPrivs")).isEqualTo("0");
        List<Map<String, String>> asked = probe(
                "run", "--rm", "--security-opt", "no-new-privileges", "--network", "none", "probe", "/probe", "facts");
        assertThat(status(asked, "NoNewPrivs")).isEqualTo("1");
    }

    @Test
    void signalsAndMaskAreFresh() {
        assertThat(status(facts, "SigBlk")).isEqualTo("0000000000000000");
        // 32 to 34 belong to the C library, which lets nobody set them; whoever started the daemon may have left them
        // ignored.
        assertThat(Long.parseLong(status(facts, "SigIgn"), 16) & ~0x3_8000_0000L)
                .isZero();
        assertThat(status(facts, "Umask")).isEqualTo("0022");
    }

    // ---- surroundings

    @Test
    void onlyTheThreeStandardDescriptorsAreOpen() {
        assertThat(about(facts, "descriptor").stream().map(object -> object.get("name")))
                .containsExactlyInAnyOrder("0", "1", "2");
        docker.ok("run", "-d", "--name", "box", "--network", "none", "probe", "/probe", "stubborn");
        List<Map<String, String>> exec = probe("exec", "box", "/probe", "facts");
        assertThat(about(exec, "descriptor").stream().map(object -> object.get("name")))
                .containsExactlyInAnyOrder("0", "1", "2");
    }

    @Test
    void processIsTheFirstOfItsNamespace() {
        Map<String, String> ids = about(facts, "ids").getFirst();
        assertThat(ids)
                .containsEntry("pid", "1")
                .containsEntry("parent", "0")
                .containsEntry("session", "1")
                .containsEntry("group", "1");
    }

    @Test
    void namespacesAreItsOwn() {
        Map<String, String> inside =
                about(facts, "namespace").stream().collect(Collectors.toMap(o -> o.get("name"), o -> o.get("value")));
        for (String kind : List.of("mnt", "net", "uts", "ipc", "pid")) {
            assertThat(inside.get(kind))
                    .as(kind)
                    .isNotEqualTo(
                            Command.run("readlink", "/proc/self/ns/" + kind).text());
        }
        assertThat(inside.get("user"))
                .isEqualTo(Command.run("readlink", "/proc/self/ns/user").text());
        if (!TestDaemon.isDocker()) {
            // On cgroup v1 Docker 20.10 leaves the container in the host's cgroup namespace.
            assertThat(inside.get("cgroup"))
                    .isNotEqualTo(
                            Command.run("readlink", "/proc/self/ns/cgroup").text());
            assertThat(about(facts, "cgroup").stream().map(o -> o.get("value"))).allMatch(line -> line.endsWith(":/"));
        }
    }

    @Test
    void nameDirectoryAndEnvironment() {
        assertThat(about(facts, "hostname").getFirst()).containsEntry("value", "inside");
        assertThat(about(facts, "cwd").getFirst()).containsEntry("value", "/");
        assertThat(about(facts, "environment").stream().map(o -> o.get("value")))
                .containsExactlyInAnyOrder(
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "HOSTNAME=inside",
                        "HOME=/");
    }

    @Test
    void devicesAreDockers() {
        Map<String, Map<String, String>> devices = byPath(facts, "device");
        // Only where the kernel has it.
        boolean core = Files.exists(Path.of("/proc/kcore"));
        List<String> expected = new ArrayList<>(List.of(
                "null",
                "zero",
                "full",
                "random",
                "urandom",
                "tty",
                "ptmx",
                "pts",
                "pts/ptmx",
                "shm",
                "mqueue",
                "fd",
                "stdin",
                "stdout",
                "stderr"));
        if (core) {
            expected.add("core");
        }
        assertThat(devices.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        expected.stream().map(name -> "/dev/" + name).toList());
        Map<String, String> numbers =
                Map.of("null", "1:3", "zero", "1:5", "full", "1:7", "random", "1:8", "urandom", "1:9", "tty", "5:0");
        numbers.forEach((name, number) -> assertThat(devices.get("/dev/" + name))
                .as(name)
                .containsEntry("type", "character")
                .containsEntry("device", number)
                .containsEntry("mode", "0666")
                .containsEntry("uid", "0"));
        Map<String, String> links = Map.of(
                "fd",
                "/proc/self/fd",
                "stdin",
                "/proc/self/fd/0",
                "stdout",
                "/proc/self/fd/1",
                "stderr",
                "/proc/self/fd/2",
                "ptmx",
                "pts/ptmx");
        links.forEach((name, target) ->
                assertThat(devices.get("/dev/" + name)).as(name).containsEntry("target", target));
        assertThat(devices.get("/dev/shm")).containsEntry("mode", "1777");
    }

    @Test
    void terminalHasAConsole() {
        try (Command command = docker.terminal("run", "--rm", "-t", "--network", "none", "probe", "/probe", "facts")) {
            assertThat(command.await().ok().out()).contains("\"path\":\"/dev/console\",\"type\":\"character\"");
        }
    }

    // ---- mounts

    /** Mount point, options, type, and the file system's own options. */
    private static Map<String, String> mounts(List<Map<String, String>> facts) {
        Map<String, String> mounts = new TreeMap<>();
        for (Map<String, String> fact : about(facts, "mount")) {
            String[] parts = fact.get("value").split(" - ");
            String[] front = parts[0].split(" ");
            String[] back = parts[1].split(" ");
            mounts.put(front[4], front[5] + " " + back[0] + " " + back[2]);
        }
        return mounts;
    }

    @Test
    void mountsAreDockers() {
        Map<String, String> mounts = mounts(facts);
        assertThat(mounts.get("/"))
                .startsWith("rw,relatime overlay rw,")
                .contains("lowerdir=", "upperdir=", "workdir=");
        assertThat(mounts.get("/proc")).isEqualTo("rw,nosuid,nodev,noexec,relatime proc rw");
        assertThat(mounts.get("/dev")).startsWith("rw,nosuid tmpfs rw,size=65536k,mode=755");
        assertThat(mounts.get("/dev/pts")).isEqualTo("rw,nosuid,noexec,relatime devpts rw,gid=5,mode=620,ptmxmode=666");
        assertThat(mounts.get("/dev/shm")).startsWith("rw,nosuid,nodev,noexec,relatime tmpfs rw,size=65536k");
        assertThat(mounts.get("/dev/mqueue")).isEqualTo("rw,nosuid,nodev,noexec,relatime mqueue rw");
        assertThat(mounts.get("/sys")).startsWith("ro,nosuid,nodev,noexec,relatime sysfs r");
        // Docker 20.10 leaves the directory above the hierarchies writable, as no hierarchy is mounted with it.
        String access = TestDaemon.isDocker() ? "rw" : "ro";
        assertThat(mounts.get("/sys/fs/cgroup"))
                .startsWith(access + ",nosuid,nodev,noexec,relatime tmpfs")
                .contains("mode=755");
        assertThat(mounts.keySet()).contains("/etc/resolv.conf", "/etc/hostname", "/etc/hosts");
        List<String> hierarchies = mounts.keySet().stream()
                .filter(path -> path.startsWith("/sys/fs/cgroup/"))
                .toList();
        assertThat(hierarchies)
                .isNotEmpty()
                .allMatch(path -> mounts.get(path).startsWith("ro,nosuid,nodev,noexec,relatime cgroup"));
    }

    @Test
    void nothingOfTheHostIsMounted() {
        assertThat(mounts(facts).keySet())
                .allMatch(path -> path.equals("/")
                        || path.startsWith("/proc")
                        || path.startsWith("/dev")
                        || path.startsWith("/sys")
                        || path.startsWith("/etc/"));
    }

    @Test
    void dangerousPathsAreHidden() {
        Map<String, Map<String, String>> guarded = byPath(facts, "guarded");
        List<String> hidden = new ArrayList<>(List.of(
                "/proc/acpi",
                "/proc/asound",
                "/proc/kcore",
                "/proc/keys",
                "/proc/latency_stats",
                "/proc/sched_debug",
                "/proc/scsi",
                "/proc/timer_list",
                "/proc/timer_stats",
                "/sys/firmware"));
        if (!TestDaemon.isDocker()) {
            hidden.addAll(List.of("/proc/interrupts", "/sys/devices/virtual/powercap"));
        }
        for (String path : hidden) {
            Map<String, String> state = guarded.get(path);
            if (state.containsKey("errno")) {
                assertThat(state).as(path).containsEntry("errno", Integer.toString(ENOENT));
            } else if (state.get("directory").equals("true")) {
                assertThat(state).as(path).containsEntry("entries", "0").containsEntry("read_only", "true");
            } else {
                assertThat(state).as(path).containsEntry("device", "1:3").containsEntry("readable", "false");
            }
        }
    }

    @Test
    void kernelSettingsAreReadOnly() {
        Map<String, Map<String, String>> guarded = byPath(facts, "guarded");
        for (String path : List.of(
                "/proc/bus",
                "/proc/fs",
                "/proc/irq",
                "/proc/sys",
                "/proc/sysrq-trigger",
                "/proc/sys/kernel/core_pattern",
                "/sys",
                "/sys/kernel")) {
            Map<String, String> state = guarded.get(path);
            if (Integer.toString(ENOENT).equals(state.get("errno")) && !Files.exists(Path.of(path))) {
                // Not every kernel has all of them.
                continue;
            }
            assertThat(state).as(path).doesNotContainKey("errno").containsEntry("read_only", "true");
            if (state.get("directory").equals("false")) {
                assertThat(state).as(path).containsEntry("write_errno", Integer.toString(EROFS));
            }
        }
    }

    // ---- the system call filter

    @Test
    void forbiddenCallsAreRefused() {
        List<Map<String, String>> verdicts = probe("run", "--rm", "--network", "none", "probe", "/probe", "syscalls");
        Map<Integer, Integer> errno = about(verdicts, "syscall").stream()
                .collect(Collectors.toMap(o -> Integer.valueOf(o.get("number")), o -> Integer.valueOf(o.get("errno"))));
        Map<Integer, String> forbidden = new TreeMap<>();
        // Never allowed.
        forbidden.putAll(
                Map.of(248, "add_key", 249, "request_key", 250, "keyctl", 246, "kexec_load", 320, "kexec_file_load"));
        forbidden.putAll(
                Map.of(425, "io_uring_setup", 426, "io_uring_enter", 427, "io_uring_register", 323, "userfaultfd"));
        forbidden.putAll(
                Map.of(279, "move_pages", 256, "migrate_pages", 155, "pivot_root", 167, "swapon", 168, "swapoff"));
        forbidden.putAll(Map.of(139, "sysfs", 134, "uselib", 136, "ustat", 174, "create_module", 180, "nfsservctl"));
        // Only with a capability that a container does not have.
        forbidden.putAll(
                Map.of(321, "bpf", 165, "mount", 166, "umount2", 308, "setns", 272, "unshare", 298, "perf_event_open"));
        forbidden.putAll(Map.of(
                428, "open_tree", 429, "move_mount", 430, "fsopen", 431, "fsconfig", 432, "fsmount", 433, "fspick"));
        forbidden.putAll(
                Map.of(442, "mount_setattr", 179, "quotactl", 170, "sethostname", 171, "setdomainname", 103, "syslog"));
        forbidden.putAll(Map.of(
                304, "open_by_handle_at", 163, "acct", 175, "init_module", 313, "finit_module", 176, "delete_module"));
        forbidden.putAll(
                Map.of(172, "iopl", 173, "ioperm", 164, "settimeofday", 227, "clock_settime", 300, "fanotify_init"));
        if (TestDaemon.isDocker()) {
            // Newer than the profile of Docker 20.10.
            List.of(442, 425, 426, 427).forEach(forbidden::remove);
        }
        assertThat(forbidden)
                .allSatisfy(
                        (number, name) -> assertThat(errno.get(number)).as(name).isEqualTo(EPERM));
        // clone3 hides its flags in memory: it must look missing, so that programs use clone.
        assertThat(errno.get(435)).as("clone3").isEqualTo(ENOSYS);
        // A filter that refuses too much would pass all of the above.
        Map<Integer, String> allowed = Map.of(
                0,
                "read",
                9,
                "mmap",
                59,
                "execve",
                62 + 172,
                "tgkill",
                257,
                "openat",
                101,
                "ptrace",
                319,
                "memfd_create",
                434,
                "pidfd_open",
                436,
                "close_range");
        assertThat(allowed)
                .allSatisfy(
                        (number, name) -> assertThat(errno.get(number)).as(name).isNotIn(EPERM, ENOSYS));
        long refused = errno.values().stream().filter(value -> value == EPERM).count();
        assertThat(refused).as("number of refused calls").isBetween((long) forbidden.size(), 90L);
    }

    @Test
    void onlyHarmlessSocketFamilies() {
        List<Map<String, String>> sockets =
                about(probe("run", "--rm", "--network", "none", "probe", "/probe", "sockets"), "socket");
        Map<String, Map<String, String>> byFamily =
                sockets.stream().collect(Collectors.toMap(o -> o.get("family"), o -> o));
        assertThat(byFamily.get("1")).containsEntry("stream", "0");
        assertThat(byFamily.get("2")).containsEntry("stream", "0").containsEntry("datagram", "0");
        assertThat(byFamily.get("16")).containsEntry("raw", "0");
        TestDaemon.onlyCairn("the profile of Docker 20.10 knew no families");
        // AF_VSOCK would reach the hypervisor; AF_ALG has been a way into the page cache.
        for (String family : List.of("38", "40")) {
            assertThat(byFamily.get(family)).containsEntry("stream", "1").containsEntry("datagram", "1");
        }
    }

    @Test
    void privilegedHasEverythingThatTheHostHas() {
        TestDaemon.onlyCairn("Docker 20.10 refuses where the host itself lacks a capability");
        List<Map<String, String>> all =
                probe("run", "--rm", "--privileged", "--network", "none", "probe", "/probe", "facts");
        assertThat(status(all, "CapEff"))
                .isEqualTo(Command.run("sh", "-c", "sed -n 's/^CapBnd:\t//p' /proc/self/status")
                        .text());
        assertThat(status(all, "Seccomp")).isEqualTo("0");
        assertThat(byPath(all, "guarded").get("/proc/sys/kernel/core_pattern")).containsEntry("write_errno", "0");
    }
}
