package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.launch.CgroupTree;
import cairn.linux.Cgroups;
import cairn.wire.container.HostConfig;
import cairn.wire.container.HostConfigBuilder;
import cairn.wire.container.ThrottleDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against directories that look like the cgroups of kernels which this machine does not have. */
class ResourceChecksTest {
    @TempDir
    private Path directory;

    /** A v1 machine whose controllers have these files, such as {@code memory/memory.limit_in_bytes}. */
    private CgroupTree legacy(String... files) throws IOException {
        List<Cgroups.Hierarchy> hierarchies = new ArrayList<>();
        for (String controller : List.of("memory", "cpu", "cpuset", "blkio", "pids")) {
            Path mount = directory.resolve(controller);
            Files.createDirectories(mount.resolve("cairn"));
            hierarchies.add(new Cgroups.Hierarchy(List.of(controller), "", controller, mount, "/", "/"));
        }
        for (String file : files) {
            Path path = Path.of(file);
            Files.createFile(
                    directory.resolve(path.subpath(0, 1)).resolve("cairn").resolve(path.getFileName()));
        }
        return new CgroupTree(new Cgroups(false, hierarchies, null, null), "/cairn");
    }

    private CgroupTree unified(String... files) throws IOException {
        Files.createDirectories(directory.resolve("cairn"));
        for (String file : files) {
            Files.createFile(directory.resolve("cairn").resolve(file));
        }
        return new CgroupTree(new Cgroups(true, List.of(), directory, "/"), "/cairn");
    }

    private static HostConfigBuilder host() {
        return HostConfigBuilder.builder();
    }

    @Test
    void whatNobodyAskedForCostsNoLook() throws IOException {
        ResourceChecks.Checked checked = ResourceChecks.of(host().build(), legacy(), false);
        assertThat(checked.warnings()).isEmpty();
    }

    @Test
    void aKernelWithoutMemoryLimits() throws IOException {
        HostConfig asked = host().memory(32 << 20)
                .memoryReservation(16 << 20)
                .memorySwappiness(10L)
                .oomKillDisable(true)
                .pidsLimit(5L)
                .cpuShares(3)
                .cpuQuota(5000)
                .build();
        ResourceChecks.Checked checked = ResourceChecks.of(asked, legacy(), false);
        assertThat(checked.warnings())
                .containsExactly(
                        "Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.",
                        "Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness"
                                + " discarded.",
                        "Your kernel does not support memory soft limit capabilities or the cgroup is not mounted. Limitation"
                                + " discarded.",
                        "Your kernel does not support OomKillDisable. OomKillDisable discarded.",
                        "Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. PIDs limit discarded.",
                        "Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.",
                        "Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.");
        HostConfig left = checked.host();
        assertThat(left.memory()).isZero();
        assertThat(left.memorySwap()).isEqualTo(-1);
        assertThat(left.memoryReservation()).isZero();
        assertThat(left.memorySwappiness()).isNull();
        assertThat(left.oomKillDisable()).isNull();
        assertThat(left.pidsLimit()).isNull();
        assertThat(left.cpuShares()).isZero();
        assertThat(left.cpuQuota()).isZero();
        assertThat(ResourceLimits.cgroup(left, false, (controller, file) -> false))
                .isEmpty();
    }

    @Test
    void aKernelThatDoesNotAccountSwap() throws IOException {
        HostConfig asked = host().memory(32 << 20).memorySwap(64 << 20).build();
        ResourceChecks.Checked checked = ResourceChecks.of(asked, legacy("memory/memory.limit_in_bytes"), false);
        assertThat(checked.warnings())
                .containsExactly("Your kernel does not support swap limit capabilities or the cgroup is not mounted."
                        + " Memory limited without swap.");
        assertThat(checked.host().memorySwap()).isEqualTo(-1);
    }

    @Test
    void aKernelWithoutRealTimeGroupsOrQuotas() throws IOException {
        CgroupTree cgroups = legacy();
        assertThatThrownBy(
                        () -> ResourceChecks.of(host().cpuRealtimeRuntime(1000).build(), cgroups, false))
                .hasMessageContaining("kernel does not support CPU real-time scheduler");
        assertThatThrownBy(() -> ResourceChecks.of(host().nanoCpus(100_000_000).build(), cgroups, false))
                .hasMessageContaining(
                        "NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is"
                                + " not mounted");
    }

    @Test
    void setsOfProcessors() throws IOException {
        CgroupTree none = legacy();
        ResourceChecks.Checked checked =
                ResourceChecks.of(host().cpusetCpus("0").build(), none, false);
        assertThat(checked.warnings())
                .containsExactly("Your kernel does not support cpuset or the cgroup is not mounted. Cpuset discarded.");
        assertThat(checked.host().cpusetCpus()).isEmpty();
        Files.writeString(directory.resolve("cpuset/cairn/cpuset.cpus"), "0-3,8\n");
        Files.writeString(directory.resolve("cpuset/cairn/cpuset.mems"), "0\n");
        assertThat(ResourceChecks.of(host().cpusetCpus("1-2,8").cpusetMems("0").build(), none, false)
                        .warnings())
                .isEmpty();
        assertThatThrownBy(() -> ResourceChecks.of(host().cpusetCpus("3-4").build(), none, false))
                .hasMessageContaining("Requested CPUs are not available - requested 3-4, available: 0-3,8");
        for (String bad : List.of("a", "1-", "-1", "2-1", "1,,2", "1-99999999999", " 1")) {
            assertThatThrownBy(() -> ResourceChecks.of(host().cpusetCpus(bad).build(), none, false))
                    .as(bad)
                    .hasMessageContaining("Invalid value " + bad + " for cpuset cpus: ");
        }
    }

    @Test
    void blockDevices() throws IOException {
        List<ThrottleDevice> throttle = List.of(new ThrottleDevice("/dev/null", 5));
        HostConfig asked = host().blkioWeight(300)
                .blkioDeviceReadBps(throttle)
                .blkioDeviceWriteIops(throttle)
                .build();
        ResourceChecks.Checked none = ResourceChecks.of(asked, legacy(), false);
        assertThat(none.warnings())
                .containsExactly(
                        "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.",
                        "Your kernel does not support BPS Block I/O read limit or the cgroup is not mounted. Block I/O BPS read limit"
                                + " discarded.",
                        "Your kernel does not support IOPS Block write limit or the cgroup is not mounted. Block I/O IOPS write limit"
                                + " discarded.");
        assertThat(BlockLimits.used(none.host())).isFalse();
        assertThatThrownBy(
                        () -> ResourceChecks.of(host().blkioWeight(5).build(), unified("io.weight", "io.max"), false))
                .hasMessageContaining("Range of blkio weight is from 10 to 1000");
    }

    @Test
    void theSameLimitsForBothVersions() {
        List<ThrottleDevice> throttle = List.of(new ThrottleDevice("/dev/null", -1));
        HostConfig host = host().memory(64 << 20)
                .memorySwap(96 << 20)
                .memoryReservation(8 << 20)
                .memorySwappiness(0L)
                .oomKillDisable(true)
                .nanoCpus(1_500_000_000)
                .cpuShares(1024)
                .cpuRealtimePeriod(1000)
                .cpuRealtimeRuntime(500)
                .cpusetCpus("0-1")
                .cpusetMems("0")
                .pidsLimit(9L)
                .blkioWeight(1000)
                .blkioDeviceReadBps(throttle)
                .build();
        assertThat(written(host, false)).isEqualTo("""
                        memory.limit_in_bytes=67108864
                        memory.soft_limit_in_bytes=8388608
                        memory.memsw.limit_in_bytes=100663296
                        memory.swappiness=0
                        memory.oom_control=1
                        cpu.shares=1024
                        cpu.cfs_period_us=100000
                        cpu.cfs_quota_us=150000
                        cpu.rt_period_us=1000
                        cpu.rt_runtime_us=500
                        cpuset.cpus=0-1
                        cpuset.mems=0
                        pids.max=9
                        blkio.weight=1000
                        blkio.throttle.read_bps_device=1:3 18446744073709551615
                        """);
        assertThat(written(host, true)).isEqualTo("""
                        memory.max=67108864
                        memory.low=8388608
                        memory.swap.max=33554432
                        cpu.weight=39
                        cpu.max=150000 100000
                        cpuset.cpus=0-1
                        cpuset.mems=0
                        pids.max=9
                        io.weight=10000
                        io.max=1:3 rbps=18446744073709551615
                        """);
    }

    private static String written(HostConfig host, boolean unified) {
        StringBuilder lines = new StringBuilder();
        ResourceLimits.cgroup(host, unified, (controller, file) -> !file.contains("bfq"))
                .forEach(limit -> lines.append(limit.file())
                        .append('=')
                        .append(limit.value())
                        .append('\n'));
        return lines.toString();
    }
}
