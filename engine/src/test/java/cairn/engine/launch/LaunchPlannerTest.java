package cairn.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.plan.LogFormat;
import cairn.engine.plan.Op;
import cairn.engine.plan.Step;
import cairn.wire.container.IdRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Plans against reviewed files in src/test/resources/golden. Renew them with -Dgolden.renew=true and read the difference. */
class LaunchPlannerTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    private static final IdRange IDS = new IdRange(1 << 20, 1 << 16);

    private final LaunchPlanner planner = new LaunchPlanner();

    @Test
    void ordinaryContainerOnCgroupV1WithBridge() throws IOException {
        check(
                "run-v1-bridge",
                planner.run(spec(v1(), bridge(), false, process(false))).toString());
    }

    @Test
    void terminalOnCgroupV2WithoutNetwork() throws IOException {
        check(
                "run-v2-terminal",
                planner.run(spec(v2(), LaunchSpec.Network.NONE, true, process(false)))
                        .toString());
    }

    @Test
    void namespacesOfOthersAndDevicesOfTheHost() throws IOException {
        LaunchSpec own = spec(v1(), LaunchSpec.Network.NONE, false, process(false));
        LaunchSpec.Peer other = new LaunchSpec.Peer(4711, 99);
        LaunchSpec.Filesystem files = own.filesystem();
        LaunchSpec shared = new LaunchSpec(
                own.directory(),
                own.rootfs(),
                own.stdio(),
                own.log(),
                Set.of(Namespace.MOUNT, Namespace.UTS, Namespace.CGROUP),
                Map.of(Namespace.PID, other, Namespace.IPC, other, Namespace.NETWORK, other),
                own.cgroup(),
                own.network(),
                own.hostname(),
                own.domainname(),
                new LaunchSpec.Filesystem(
                        false,
                        false,
                        true,
                        0,
                        List.of(LaunchSpec.Bind.own(
                                Path.of("/shm/of/other"), "/dev/shm", false, LaunchSpec.Access.WRITE)),
                        List.of(),
                        List.of(),
                        List.of(
                                new LaunchSpec.Device("/dev/kvm", 0020660, 10, 232, 0, 107),
                                new LaunchSpec.Device("/dev/null", 0020600, 1, 5, 0, 0)),
                        files.kernelCore()),
                own.sysctls(),
                own.process(),
                null);
        check("run-v1-shared", planner.run(shared).toString());
    }

    @Test
    void noNewPrivilegesPutsTheFilterLast() {
        List<Op> ops = planner.run(spec(v1(), LaunchSpec.Network.NONE, false, process(true))).inside().stream()
                .map(Step::op)
                .toList();
        assertThat(ops.subList(ops.size() - 4, ops.size()))
                .containsExactly(Op.CREDENTIALS, Op.NO_NEW_PRIVS, Op.SECCOMP, Op.EXEC);
    }

    @Test
    void execJoinsCgroupsBeforeItLeavesTheHostsMounts() throws IOException {
        ExecSpec spec = new ExecSpec(
                Path.of("/run/cairn/e/1"),
                new LaunchSpec.Stdio(true, true, true, 1, 24, 80),
                4711,
                99,
                EnumSet.of(
                        Namespace.MOUNT,
                        Namespace.PID,
                        Namespace.NETWORK,
                        Namespace.UTS,
                        Namespace.IPC,
                        Namespace.CGROUP),
                false,
                v1().directories(),
                process(false),
                null);
        check("join-v1", planner.join(spec).toString());
        ExecSpec mapped = new ExecSpec(
                spec.directory(),
                spec.stdio(),
                spec.pid(),
                spec.startTime(),
                spec.namespaces(),
                spec.unified(),
                spec.cgroups(),
                spec.process(),
                IDS);
        check("join-v1-userns", planner.join(mapped).toString());
    }

    @Test
    void userNamespaceOfItsOwn() throws IOException {
        LaunchSpec plain = spec(v1(), bridge(), true, process(false));
        check(
                "run-v1-userns",
                planner.run(mapped(plain, plain.namespaces(), Map.of(), null)).toString());
    }

    @Test
    void userNamespaceOfAnother() throws IOException {
        LaunchSpec.Peer other = new LaunchSpec.Peer(4711, 99);
        LaunchSpec plain = spec(v2(), LaunchSpec.Network.NONE, false, process(false));
        Set<Namespace> own = Set.of(Namespace.MOUNT, Namespace.PID, Namespace.UTS, Namespace.IPC, Namespace.CGROUP);
        Map<Namespace, LaunchSpec.Peer> joined = Map.of(Namespace.NETWORK, other, Namespace.USER, other);
        check(
                "run-v2-userns-joined",
                planner.run(mapped(plain, own, joined, other)).toString());
    }

    @Test
    void bindsWithIdsOfTheirOwn() throws IOException {
        LaunchSpec plain = spec(v2(), LaunchSpec.Network.NONE, false, process(false));
        LaunchSpec hosts = with(plain, idmapped(), plain.namespaces(), Map.of(), null);
        check("run-v2-idmap", planner.run(hosts).toString());
        LaunchSpec own = with(plain, idmapped(), plain.namespaces(), Map.of(), user(null));
        check("run-v2-userns-idmap", planner.run(own).toString());
    }

    /** Two of one owner, with one mapping between them, and one of another. */
    private static List<LaunchSpec.Mount> idmapped() {
        IdMapping alice = new IdMapping(1000, 100, 0, 0);
        IdMapping far = new IdMapping(4_000_000_000L, 70_000, 33, 33);
        return List.of(
                idmapped("/home/alice", 1 << 18 | 0x4000, true, alice),
                idmapped("/home/shared", 1 << 20 | 0x4000, true, alice),
                idmapped("/srv/www", 1 << 18, false, far));
    }

    private static LaunchSpec.Mount idmapped(String path, long propagation, boolean recursive, IdMapping ids) {
        return new LaunchSpec.Bind(
                Path.of(path), "", path, false, LaunchSpec.Access.WRITE, recursive, propagation, ids);
    }

    private static LaunchSpec mapped(
            LaunchSpec plain,
            Set<Namespace> namespaces,
            Map<Namespace, LaunchSpec.Peer> joined,
            LaunchSpec.@Nullable Peer peer) {
        LaunchSpec.Filesystem files = plain.filesystem();
        List<LaunchSpec.Mount> mounts = new ArrayList<>(files.mounts());
        mounts.add(new LaunchSpec.Tmpfs("/cache", 0xe, "mode=700,uid=1000,gid=70000"));
        mounts.add(new LaunchSpec.Bind(
                Path.of("/srv/shared"), "", "/shared", false, LaunchSpec.Access.WRITE, true, 0x4000 | 1 << 20, null));
        mounts.add(new LaunchSpec.ImageMount(
                List.of(Path.of("/var/lib/cairn/overlay2/image/diff")),
                Path.of("/run/cairn/c/abc/image"),
                Path.of("/run/cairn/c/abc/empty"),
                "",
                "/image"));
        return with(plain, mounts, namespaces, joined, user(peer));
    }

    @Test
    void aLocalLogHasADirectoryOfItsOwn() {
        LaunchSpec plain = spec(v2(), LaunchSpec.Network.NONE, false, process(false));
        LaunchSpec.LogFile log = new LaunchSpec.LogFile(
                Path.of("/var/lib/cairn/containers/abc/local-logs/container.log"), LogFormat.LOCAL, 20, 5, true, "");
        assertThat(planner.run(new LaunchSpec(
                                plain.directory(),
                                plain.rootfs(),
                                plain.stdio(),
                                log,
                                plain.namespaces(),
                                plain.joined(),
                                plain.cgroup(),
                                plain.network(),
                                plain.hostname(),
                                plain.domainname(),
                                plain.filesystem(),
                                plain.sysctls(),
                                plain.process(),
                                plain.user()))
                        .prepare())
                .containsSubsequence(
                        Step.of(Op.MKDIR, "/var/lib/cairn/containers/abc/local-logs", 0700),
                        Step.of(Op.LOG, log.path().toString(), Op.LOG_LOCAL, 20L, 5, 1, ""));
    }

    private static LaunchSpec.UserNamespace user(LaunchSpec.@Nullable Peer peer) {
        return new LaunchSpec.UserNamespace(
                IDS,
                peer,
                new LaunchSpec.Overlay(
                        Path.of("/var/lib/cairn/overlay2"),
                        "lowerdir=/var/lib/cairn/overlay2/l/A,upperdir=/var/lib/cairn/overlay2/def/diff,workdir=/var/lib/cairn/overlay2/def/work"));
    }

    private static LaunchSpec with(
            LaunchSpec plain,
            List<LaunchSpec.Mount> mounts,
            Set<Namespace> namespaces,
            Map<Namespace, LaunchSpec.Peer> joined,
            LaunchSpec.@Nullable UserNamespace user) {
        LaunchSpec.Filesystem files = plain.filesystem();
        return new LaunchSpec(
                plain.directory(),
                plain.rootfs(),
                plain.stdio(),
                plain.log(),
                namespaces,
                joined,
                plain.cgroup(),
                plain.network(),
                plain.hostname(),
                plain.domainname(),
                new LaunchSpec.Filesystem(
                        files.readOnlyRoot(),
                        files.writableSystem(),
                        files.writableCgroups(),
                        files.shmBytes(),
                        mounts,
                        files.masked(),
                        files.readOnly(),
                        List.of(new LaunchSpec.Device("/dev/kvm", 0020660, 10, 232, 0, 107)),
                        files.kernelCore()),
                plain.sysctls(),
                plain.process(),
                user);
    }

    private static void check(String name, String plan) throws IOException {
        Path file = GOLDEN.resolve(name + ".txt");
        if (Boolean.getBoolean("golden.renew")) {
            Files.writeString(file, plan);
        }
        assertThat(plan).isEqualTo(Files.readString(file));
    }

    private static LaunchSpec.Cgroup v1() {
        return new LaunchSpec.Cgroup(
                false,
                List.of(Path.of("/sys/fs/cgroup/cpu,cpuacct/cairn/abc"), Path.of("/sys/fs/cgroup/devices/cairn/abc")),
                List.of(
                        Map.entry(Path.of("/sys/fs/cgroup/devices/cairn/abc/devices.deny"), "a"),
                        Map.entry(Path.of("/sys/fs/cgroup/devices/cairn/abc/devices.allow"), "c 1:3 rwm")),
                List.of(
                        new LaunchSpec.CgroupMount("cpu,cpuacct", "cpu,cpuacct", List.of("cpu", "cpuacct")),
                        new LaunchSpec.CgroupMount("devices", "devices", List.of())),
                List.of("c 1:3 rwm"));
    }

    private static LaunchSpec.Cgroup v2() {
        return new LaunchSpec.Cgroup(
                true,
                List.of(Path.of("/sys/fs/cgroup/cairn/abc")),
                List.of(Map.entry(Path.of("/sys/fs/cgroup/cairn/abc/pids.max"), "100")),
                List.of(),
                List.of());
    }

    private static LaunchSpec.Network bridge() {
        return new LaunchSpec.Network(
                List.of(Step.of(Op.NETLINK, 40, new byte[] {1, 2, 3})),
                List.of(Step.of(Op.NETLINK, -1, new byte[] {4})));
    }

    private static ProcessSpec process(boolean noNewPrivileges) {
        return new ProcessSpec(
                new ProcessSpec.User(0, 0, List.of(0L, 10L)),
                "/srv/app",
                List.of("sh", "-c", "echo hello"),
                List.of("PATH=/usr/bin:/bin", "HOME=/root"),
                Capability.DEFAULTS,
                noNewPrivileges,
                new byte[] {6, 0, 0, 0, 0, 0, (byte) 0xff, 0x7f},
                Map.of(7, new ProcessSpec.Limit(1024, 4096)),
                0);
    }

    private static LaunchSpec spec(
            LaunchSpec.Cgroup cgroup, LaunchSpec.Network network, boolean terminal, ProcessSpec process) {
        return new LaunchSpec(
                Path.of("/run/cairn/c/abc"),
                Path.of("/var/lib/cairn/overlay2/def/merged"),
                new LaunchSpec.Stdio(terminal, terminal, true, 1, 24, 80),
                new LaunchSpec.LogFile(
                        Path.of("/var/lib/cairn/containers/abc/abc-json.log"), LogFormat.JSON_FILE, 0, 1, false, ""),
                Set.of(
                        Namespace.MOUNT,
                        Namespace.PID,
                        Namespace.UTS,
                        Namespace.IPC,
                        Namespace.NETWORK,
                        Namespace.CGROUP),
                Map.of(),
                cgroup,
                network,
                "web",
                "",
                new LaunchSpec.Filesystem(
                        terminal,
                        false,
                        false,
                        ContainerDefaults.SHM_BYTES,
                        List.of(
                                LaunchSpec.Bind.own(
                                        Path.of("/var/lib/cairn/containers/abc/hosts"),
                                        "/etc/hosts",
                                        true,
                                        LaunchSpec.Access.WRITE),
                                new LaunchSpec.Tmpfs("/scratch", 0xe, "size=1m"),
                                new LaunchSpec.Bind(
                                        Path.of("/srv/data"),
                                        "",
                                        "/data",
                                        false,
                                        LaunchSpec.Access.READ_ONLY,
                                        true,
                                        0x4000 | 1 << 18,
                                        null)),
                        List.of("/proc/kcore", "/sys/firmware"),
                        ContainerDefaults.READ_ONLY_PATHS,
                        List.of(),
                        true),
                Map.of("net.ipv4.ip_unprivileged_port_start", "0"),
                process,
                null);
    }
}
