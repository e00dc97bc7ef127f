package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docker update}: limits change while the container runs, in its record and in its cgroups alike. */
final class UpdateIT {
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

    private static String box(String... options) {
        java.util.List<String> words =
                new java.util.ArrayList<>(java.util.List.of("run", "-d", "--name", "box", "--network", "none"));
        words.addAll(java.util.List.of(options));
        words.addAll(java.util.List.of("busybox", "sleep", "1000"));
        return docker.ok(words.toArray(String[]::new));
    }

    private static String cgroup(String files) {
        return docker.ok("exec", "box", "sh", "-c", "cd /sys/fs/cgroup; cat " + files)
                .replace('\n', ' ');
    }

    private static String record(String fields) {
        return docker.ok("inspect", "-f", fields, "box");
    }

    @Test
    void limitsChangeWhileItRuns() {
        box("-m", "32m", "--memory-swap", "64m", "--cpu-shares", "512", "--pids-limit", "50");
        assertThat(docker.ok(
                        "update",
                        "-m",
                        "128m",
                        "--memory-swap",
                        "256m",
                        "--memory-reservation",
                        "16m",
                        "--cpu-shares",
                        "256",
                        "--cpu-period",
                        "50000",
                        "--cpu-quota",
                        "20000",
                        "--cpuset-cpus",
                        "0",
                        "--pids-limit",
                        "70",
                        "box"))
                .isEqualTo("box");
        assertThat(
                        cgroup(
                                "memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes memory/memory.soft_limit_in_bytes"
                                        + " cpu/cpu.shares cpu/cpu.cfs_period_us cpu/cpu.cfs_quota_us cpuset/cpuset.cpus pids/pids.max"))
                .isEqualTo("134217728 268435456 16777216 256 50000 20000 0 70");
        assertThat(record(
                        "{{with .HostConfig}}{{.Memory}} {{.MemorySwap}} {{.MemoryReservation}} {{.CpuShares}} {{.CpuPeriod}}"
                                + " {{.CpuQuota}} {{.CpusetCpus}} {{.PidsLimit}}{{end}}"))
                .isEqualTo("134217728 268435456 16777216 256 50000 20000 0 70");
        // And down again, in the order that the kernel wants.
        docker.ok("update", "-m", "16m", "--memory-swap", "32m", "--pids-limit", "-1", "box");
        assertThat(cgroup("memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes pids/pids.max"))
                .isEqualTo("16777216 33554432 max");
        // No limit is one value, however it was asked for; inspect leaves it out.
        assertThat(record("{{.HostConfig.PidsLimit}}")).isEqualTo("0");
    }

    @Test
    void limitsHoldAfterARestart() {
        docker.ok("create", "--name", "box", "--network", "none", "-m", "32m", "busybox", "sleep", "1000");
        docker.ok("update", "-m", "48m", "--cpus", "0.5", "box");
        docker.ok("start", "box");
        assertThat(cgroup("memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us")).isEqualTo("50331648 50000");
        docker.ok("update", "--cpus", "0.25", "box");
        docker.ok("restart", "-t", "0", "box");
        assertThat(cgroup("cpu/cpu.cfs_quota_us")).isEqualTo("25000");
        TestDaemon.onlyCairn("Docker's daemon is not started again here");
        daemon.kill();
        daemon.start();
        assertThat(record("{{.HostConfig.NanoCpus}} {{.State.Running}}")).isEqualTo("250000000 true");
    }

    @Test
    void contradictionsAreRefusedAndChangeNothing() {
        String id = box("--cpus", "0.5", "-m", "32m");
        String refused = "Cannot update container " + id + ": ";
        assertThat(docker.run("update", "--cpu-quota", "20000", "box").fails(1).err())
                .contains(
                        refused + "Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set");
        assertThat(docker.run("update", "--cpu-period", "20000", "box").fails(1).err())
                .contains(
                        refused + "Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set");
        assertThat(docker.run("update", "-m", "128m", "box").fails(1).err())
                .contains(
                        "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time");
        assertThat(docker.run("update", "-m", "4m", "box").fails(1).err())
                .contains("Minimum memory limit allowed is 6MB");
        assertThat(docker.run("update", "-m", "16m", "nobody").fails(1).err()).contains("No such container: nobody");
        assertThat(record("{{.HostConfig.Memory}} {{.HostConfig.CpuQuota}}")).isEqualTo("33554432 0");
        assertThat(cgroup("memory/memory.limit_in_bytes")).isEqualTo("33554432");
    }

    /** More than the processes hold at that moment cannot be taken away with cgroup v1: all stays as it was. */
    @Test
    void whatTheKernelRefusesIsTakenBack() {
        TestDaemon.onlyCairn("Docker writes what it can");
        box("-m", "64m", "--memory-swap", "64m", "--tmpfs", "/ram");
        docker.ok("exec", "box", "dd", "if=/dev/zero", "of=/ram/file", "bs=1M", "count=40");
        assertThat(docker.run("update", "--cpu-shares", "77", "-m", "16m", "--memory-swap", "16m", "box")
                        .fails(1)
                        .err())
                .contains("Cannot update container");
        assertThat(cgroup("memory/memory.limit_in_bytes cpu/cpu.shares")).isEqualTo("67108864 1024");
        assertThat(record("{{.HostConfig.Memory}} {{.HostConfig.CpuShares}}")).isEqualTo("67108864 0");
    }

    @Test
    void removedAtItsEndAndStartedAgainExcludeEachOther() {
        String id = box("--rm");
        assertThat(docker.run("update", "--restart", "always", "box").fails(1).err())
                .contains("Cannot update container " + id
                        + ": Restart policy cannot be updated because AutoRemove is enabled for the container");
    }

    @Test
    void cairnUpdatesToo() {
        TestDaemon.onlyCairn("its own command line");
        box("-m", "32m");
        assertThat(daemon.cairn("update", "--pids-limit", "33", "--cpu-shares", "300", "box")
                        .ok()
                        .text())
                .isEqualTo("box");
        assertThat(cgroup("pids/pids.max cpu/cpu.shares")).isEqualTo("33 300");
        assertThat(daemon.cairn("update", "box").fails(1).err()).contains("one or more flags");
        Path hostConfig = daemon.dataRoot()
                .resolve("containers")
                .resolve(record("{{.Id}}"))
                .resolve("hostconfig.json");
        assertThat(hostConfig)
                .exists()
                .satisfies(file -> assertThat(Files.readString(file)).contains("\"CpuShares\":300"));
    }
}
