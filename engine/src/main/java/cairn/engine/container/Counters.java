package cairn.engine.container;

import cairn.engine.launch.CgroupTree;
import cairn.linux.Kernel;
import cairn.wire.stats.BlkioEntry;
import cairn.wire.stats.BlkioStats;
import cairn.wire.stats.BlkioStatsBuilder;
import cairn.wire.stats.CpuStats;
import cairn.wire.stats.CpuUsage;
import cairn.wire.stats.MemoryStats;
import cairn.wire.stats.NetworkStats;
import cairn.wire.stats.PidsStats;
import cairn.wire.stats.ThrottlingData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel counts for one container: its cgroup's files, of either version (cgroup-v1/, cgroup-v2.rst), and its interfaces. A file
 * that is not there counts nothing: not every kernel has every controller.
 */
final class Counters {
    /** proc_stat(5) and cpuacct.stat count in USER_HZ, which is 100 on every machine that Linux has. */
    private static final long TICK_NANOS = 10_000_000;

    private static final int SYSTEM_FIELDS = 7;
    private static final int INTERFACE_FIELDS = 16;

    private final CgroupTree cgroups;
    private final String id;
    private final Path proc;

    /** @param proc where procfs is mounted */
    Counters(CgroupTree cgroups, String id, Path proc) {
        this.cgroups = cgroups;
        this.id = id;
        this.proc = proc;
    }

    // ---- processor

    CpuStats cpu() {
        long system = 0;
        int online = 0;
        for (String line : lines(proc.resolve("stat"))) {
            String[] words = line.split("\\s+", -1);
            if (words[0].equals("cpu")) {
                for (int i = 1; i <= SYSTEM_FIELDS && i < words.length; i++) {
                    system += Long.parseLong(words[i]) * TICK_NANOS;
                }
            } else if (words[0].startsWith("cpu")) {
                online++;
            }
        }
        return cgroups.unified() ? unifiedCpu(system, online) : splitCpu(system, online);
    }

    private CpuStats unifiedCpu(long system, int online) {
        Map<String, Long> stat = pairs("cpu", "cpu.stat");
        return new CpuStats(
                new CpuUsage(micros(stat, "usage_usec"), null, micros(stat, "system_usec"), micros(stat, "user_usec")),
                system,
                online,
                new ThrottlingData(
                        stat.getOrDefault("nr_periods", 0L),
                        stat.getOrDefault("nr_throttled", 0L),
                        micros(stat, "throttled_usec")));
    }

    private static long micros(Map<String, Long> stat, String key) {
        return stat.getOrDefault(key, 0L) * 1000;
    }

    private CpuStats splitCpu(long system, int online) {
        Map<String, Long> modes = pairs("cpuacct", "cpuacct.stat");
        Map<String, Long> throttling = pairs("cpu", "cpu.stat");
        List<Long> each = new ArrayList<>();
        for (String word : text("cpuacct", "cpuacct.usage_percpu").split("\\s+", -1)) {
            if (!word.isEmpty()) {
                each.add(Long.parseLong(word));
            }
        }
        return new CpuStats(
                new CpuUsage(
                        number("cpuacct", "cpuacct.usage"),
                        each.isEmpty() ? null : each,
                        modes.getOrDefault("system", 0L) * TICK_NANOS,
                        modes.getOrDefault("user", 0L) * TICK_NANOS),
                system,
                online,
                new ThrottlingData(
                        throttling.getOrDefault("nr_periods", 0L),
                        throttling.getOrDefault("nr_throttled", 0L),
                        throttling.getOrDefault("throttled_time", 0L)));
    }

    // ---- memory, processes, devices

    MemoryStats memory() {
        boolean unified = cgroups.unified();
        Map<String, Long> stat = pairs("memory", "memory.stat");
        long limit = number("memory", unified ? "memory.max" : "memory.limit_in_bytes");
        long machine = Kernel.totalMemory();
        return new MemoryStats(
                number("memory", unified ? "memory.current" : "memory.usage_in_bytes"),
                unified ? 0 : number("memory", "memory.max_usage_in_bytes"),
                stat.isEmpty() ? null : stat,
                unified ? pairs("memory", "memory.events").getOrDefault("oom", 0L) : number("memory", "memory.failcnt"),
                limit <= 0 || limit > machine ? machine : limit,
                0,
                0,
                0);
    }

    PidsStats pids() {
        return new PidsStats(number("pids", "pids.current"), number("pids", "pids.max"));
    }

    BlkioStats devices() {
        if (cgroups.unified()) {
            List<BlkioEntry> bytes = new ArrayList<>();
            for (String line : text("io", "io.stat").split("\n", -1)) {
                String[] words = line.split(" ", -1);
                for (String word : words) {
                    if (word.startsWith("rbytes=") || word.startsWith("wbytes=")) {
                        String operation = word.charAt(0) == 'r' ? "read" : "write";
                        entry(bytes, words[0], operation, word.substring(word.indexOf('=') + 1));
                    }
                }
            }
            return BlkioStatsBuilder.builder(BlkioStats.EMPTY)
                    .ioServiceBytesRecursive(bytes.isEmpty() ? null : bytes)
                    .build();
        }
        List<BlkioEntry> none = List.of();
        return new BlkioStats(
                operations("blkio.throttle.io_service_bytes_recursive"),
                operations("blkio.throttle.io_serviced_recursive"),
                none,
                none,
                none,
                none,
                none,
                none);
    }

    private List<BlkioEntry> operations(String file) {
        List<BlkioEntry> entries = new ArrayList<>();
        for (String line : text("blkio", file).split("\n", -1)) {
            String[] words = line.split(" ", -1);
            if (words.length == 3) {
                entry(entries, words[0], words[1], words[2]);
            }
        }
        return entries;
    }

    private static void entry(List<BlkioEntry> entries, String device, String operation, String value) {
        int colon = device.indexOf(':');
        if (colon > 0) {
            entries.add(new BlkioEntry(
                    Long.parseLong(device.substring(0, colon)),
                    Long.parseLong(device.substring(colon + 1)),
                    operation,
                    Long.parseLong(value)));
        }
    }

    // ---- interfaces

    /** Of the network namespace of a process, by name; without the loopback, and null where there is nothing else. */
    @Nullable
    Map<String, NetworkStats> interfaces(int pid) {
        Map<String, NetworkStats> found = new LinkedHashMap<>();
        for (String line : lines(proc.resolve(pid + "/net/dev"))) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? "lo" : line.substring(0, colon).strip();
            String[] fields = line.substring(colon + 1).strip().split("\\s+", -1);
            if (name.equals("lo") || fields.length < INTERFACE_FIELDS) {
                continue;
            }
            long[] numbers = new long[INTERFACE_FIELDS];
            for (int i = 0; i < INTERFACE_FIELDS; i++) {
                numbers[i] = Long.parseLong(fields[i]);
            }
            found.put(
                    name,
                    new NetworkStats(
                            numbers[0],
                            numbers[1],
                            numbers[2],
                            numbers[3],
                            numbers[8],
                            numbers[9],
                            numbers[10],
                            numbers[11],
                            "",
                            ""));
        }
        return found.isEmpty() ? null : found;
    }

    // ---- files

    /** Zero also for {@code max}. */
    private long number(String controller, String file) {
        String text = text(controller, file).strip();
        try {
            return text.isEmpty() || text.equals("max") ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private Map<String, Long> pairs(String controller, String file) {
        Map<String, Long> pairs = new LinkedHashMap<>();
        for (String line : text(controller, file).split("\n", -1)) {
            int space = line.indexOf(' ');
            if (space > 0) {
                pairs.put(
                        line.substring(0, space),
                        Long.parseLong(line.substring(space + 1).strip()));
            }
        }
        return pairs;
    }

    private String text(String controller, String file) {
        Path directory = cgroups.directory(id, controller);
        try {
            return directory == null ? "" : Files.readString(directory.resolve(file));
        } catch (IOException e) {
            return "";
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
