package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.launch.CgroupTree;
import cairn.linux.Cgroups;
import cairn.linux.Kernel;
import cairn.wire.stats.BlkioEntry;
import cairn.wire.stats.CpuStats;
import cairn.wire.stats.MemoryStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as kernels of both versions show them, cut down. */
class CountersTest {
    private static final String ID = "abc";

    @TempDir
    Path directory;

    private Counters counters(boolean unified, Map<String, String> files) throws IOException {
        Path proc = directory.resolve("proc");
        Files.createDirectories(proc.resolve("7/net"));
        Files.writeString(proc.resolve("stat"), "cpu  10 0 20 30 0 5 5 9 0 0\ncpu0 5 0\ncpu1 5 0\nintr 1\n");
        Files.writeString(proc.resolve("7/net/dev"), """
                Inter-|   Receive |  Transmit
                 face |bytes packets
                    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0
                  eth0: 100 2 3 4 0 0 0 0 200 5 6 7 0 0 0 0
                """);
        for (Map.Entry<String, String> file : files.entrySet()) {
            String[] names = file.getKey().split("/", -1);
            Path cgroup = Files.createDirectories(directory.resolve(names[0] + "/parent/" + ID));
            Files.writeString(cgroup.resolve(names[1]), file.getValue());
        }
        List<Cgroups.Hierarchy> hierarchies = new ArrayList<>();
        for (String controller : List.of("cpu", "cpuacct", "memory", "pids", "blkio")) {
            hierarchies.add(new Cgroups.Hierarchy(
                    List.of(controller), "", controller, directory.resolve(controller), "/", "/"));
        }
        Cgroups cgroups = unified
                ? new Cgroups(true, List.of(), directory.resolve("v2"), "/")
                : new Cgroups(false, hierarchies, null, null);
        return new Counters(new CgroupTree(cgroups, "/parent"), ID, proc);
    }

    @Test
    void versionTwo() throws IOException {
        Counters counters = counters(
                true,
                Map.of(
                        "v2/cpu.stat",
                        "usage_usec 30\nuser_usec 20\nsystem_usec 10\nnr_periods 4\nnr_throttled 2\nthrottled_usec 5\n",
                        "v2/memory.current",
                        "4096\n",
                        "v2/memory.max",
                        "max\n",
                        "v2/memory.stat",
                        "anon 1024\ninactive_file 2048\n",
                        "v2/pids.current",
                        "3\n",
                        "v2/pids.max",
                        "50\n",
                        "v2/io.stat",
                        "8:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n"));
        CpuStats cpu = counters.cpu();
        assertThat(cpu.cpuUsage().totalUsage()).isEqualTo(30_000);
        assertThat(cpu.cpuUsage().percpuUsage()).isNull();
        assertThat(cpu.cpuUsage().usageInKernelmode()).isEqualTo(10_000);
        assertThat(cpu.systemCpuUsage()).isEqualTo(70 * 10_000_000L);
        assertThat(cpu.onlineCpus()).isEqualTo(2);
        assertThat(cpu.throttlingData().throttledTime()).isEqualTo(5_000);
        MemoryStats memory = counters.memory();
        assertThat(memory.usage()).isEqualTo(4096);
        assertThat(memory.limit()).isEqualTo(Kernel.totalMemory());
        assertThat(memory.stats()).containsEntry("inactive_file", 2048L);
        assertThat(counters.pids().current()).isEqualTo(3);
        assertThat(counters.pids().limit()).isEqualTo(50);
        assertThat(counters.devices().ioServiceBytesRecursive())
                .containsExactly(new BlkioEntry(8, 16, "read", 1), new BlkioEntry(8, 16, "write", 2));
    }

    @Test
    void versionOne() throws IOException {
        Counters counters = counters(
                false,
                Map.of(
                        "cpuacct/cpuacct.usage", "300\n",
                        "cpuacct/cpuacct.usage_percpu", "100 200 \n",
                        "cpuacct/cpuacct.stat", "user 2\nsystem 1\n",
                        "cpu/cpu.stat", "nr_periods 4\nnr_throttled 2\nthrottled_time 5\n",
                        "memory/memory.usage_in_bytes", "4096\n",
                        "memory/memory.limit_in_bytes", "65536\n",
                        "memory/memory.failcnt", "9\n",
                        "blkio/blkio.throttle.io_service_bytes_recursive", "8:0 Read 5\n8:0 Write 6\nTotal 11\n"));
        CpuStats cpu = counters.cpu();
        assertThat(cpu.cpuUsage().totalUsage()).isEqualTo(300);
        assertThat(cpu.cpuUsage().percpuUsage()).containsExactly(100L, 200L);
        assertThat(cpu.cpuUsage().usageInUsermode()).isEqualTo(20_000_000);
        assertThat(cpu.throttlingData().throttledTime()).isEqualTo(5);
        assertThat(counters.memory().limit()).isEqualTo(65536);
        assertThat(counters.memory().failcnt()).isEqualTo(9);
        assertThat(counters.devices().ioServiceBytesRecursive())
                .containsExactly(new BlkioEntry(8, 0, "Read", 5), new BlkioEntry(8, 0, "Write", 6));
    }

    @Test
    void interfacesOfTheProcessButTheLoopback() throws IOException {
        assertThat(counters(true, Map.of()).interfaces(7))
                .containsOnlyKeys("eth0")
                .hasEntrySatisfying("eth0", one -> {
                    assertThat(one.rxBytes()).isEqualTo(100);
                    assertThat(one.rxDropped()).isEqualTo(4);
                    assertThat(one.txBytes()).isEqualTo(200);
                    assertThat(one.txDropped()).isEqualTo(7);
                });
        assertThat(counters(true, Map.of()).interfaces(8)).isNull();
    }
}
