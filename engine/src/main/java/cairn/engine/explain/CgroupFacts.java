package cairn.engine.explain;

import cairn.linux.Cgroups;
import cairn.wire.explain.CgroupExplanation;
import cairn.wire.explain.CgroupValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The cgroups of a process and what they allow (cgroups(7), cgroup-v1/*.rst, cgroup-v2.rst). */
final class CgroupFacts {
    /** What the kernel's counters hold at most, rounded down to a page: no limit. */
    private static final long UNLIMITED = Long.MAX_VALUE - (1 << 16);

    private static final List<String> FILES = List.of(
            "memory.limit_in_bytes",
            "memory.memsw.limit_in_bytes",
            "memory.usage_in_bytes",
            "memory.max",
            "memory.swap.max",
            "memory.current",
            "cpu.shares",
            "cpu.cfs_quota_us",
            "cpu.cfs_period_us",
            "cpu.weight",
            "cpu.max",
            "cpuset.cpus",
            "cpuset.mems",
            "cpuset.cpus.effective",
            "pids.max",
            "pids.current",
            "devices.list",
            "freezer.state",
            "blkio.weight");

    private CgroupFacts() {}

    /** One per hierarchy, in the order of {@code /proc/PID/cgroup}; empty if the process is gone. */
    static List<CgroupExplanation> of(int pid) {
        Cgroups cgroups = Cgroups.detect();
        List<CgroupExplanation> found = new ArrayList<>();
        for (String line : ProcFile.lines("/proc/" + pid + "/cgroup")) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3) {
                Path directory = directory(cgroups, fields[1], fields[2]);
                found.add(new CgroupExplanation(
                        fields[1].isEmpty() ? "unified" : fields[1],
                        fields[2],
                        directory == null ? "" : directory.toString(),
                        directory == null ? List.of() : values(directory)));
            }
        }
        return found;
    }

    /** Null where the hierarchy is not mounted. */
    private static @Nullable Path directory(Cgroups cgroups, String controllers, String path) {
        if (controllers.isEmpty()) {
            Path v2 = cgroups.v2();
            return v2 == null ? null : v2.resolve(path.substring(1)).normalize();
        }
        List<String> wanted = Arrays.asList(controllers.split(",", -1));
        for (Cgroups.Hierarchy hierarchy : cgroups.v1()) {
            if (Arrays.asList(hierarchy.mountOptions().split(",", -1)).containsAll(wanted)) {
                return hierarchy.directory(path);
            }
        }
        return null;
    }

    private static List<CgroupValue> values(Path directory) {
        List<CgroupValue> values = new ArrayList<>();
        for (String file : FILES) {
            String value = read(directory.resolve(file));
            if (value != null) {
                values.add(new CgroupValue(file, value, meaning(file, value)));
            }
        }
        return values;
    }

    private static @Nullable String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            // A controller that is not there, or a cgroup that has just gone.
            return null;
        }
    }

    static String meaning(String file, String value) {
        return switch (file) {
            case "memory.limit_in_bytes", "memory.max" -> limit("memory", value);
            case "memory.memsw.limit_in_bytes" -> limit("memory and swap together", value);
            case "memory.swap.max" -> limit("swap", value);
            case "memory.usage_in_bytes", "memory.current" -> amount(value) + " of memory in use";
            case "cpu.shares" -> value + " shares of CPU time where others want it too (1024 is usual)";
            case "cpu.weight" -> "weight " + value + " for CPU time where others want it too (100 is usual)";
            case "cpu.cfs_quota_us" ->
                value.startsWith("-") ? "no limit on CPU time" : "at most " + value + " µs of CPU time in each period";
            case "cpu.cfs_period_us" -> "a period is " + value + " µs";
            case "cpu.max" ->
                value.startsWith("max")
                        ? "no limit on CPU time"
                        : "at most " + value.replace(" ", " µs of CPU time in each ") + " µs";
            case "cpuset.cpus", "cpuset.cpus.effective" -> "may run on CPUs " + value;
            case "cpuset.mems" -> "may use memory of nodes " + value;
            case "pids.max" -> value.equals("max") ? "no limit on processes" : "at most " + value + " processes";
            case "pids.current" -> value.equals("1") ? "1 process now" : value + " processes and threads now";
            case "devices.list" ->
                value.startsWith("a ") ? "may use all devices" : "may use devices " + value.replace("\n", ", ");
            case "freezer.state" -> value.equals("THAWED") ? "not paused" : "paused (" + value + ")";
            default -> value;
        };
    }

    private static String limit(String what, String value) {
        long number = value.equals("max") ? Long.MAX_VALUE : number(value);
        return number > UNLIMITED ? "no limit on " + what : "at most " + amount(value) + " of " + what;
    }

    private static String amount(String value) {
        long number = number(value);
        return number < 0 ? value : Quantities.bytes(number);
    }

    private static long number(String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
