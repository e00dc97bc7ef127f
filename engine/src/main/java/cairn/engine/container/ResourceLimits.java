package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.CgroupTree.Limit;
import cairn.engine.launch.ProcessSpec;
import cairn.wire.container.HostConfig;
import cairn.wire.container.Ulimit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/** Limits of a host config as writes to cgroup files and as rlimits. */
final class ResourceLimits {
    private static final long CPU_PERIOD = 100_000;

    /** Index is the number of setrlimit(2). */
    private static final List<String> RESOURCES = List.of(
            "cpu",
            "fsize",
            "data",
            "stack",
            "core",
            "rss",
            "nproc",
            "nofile",
            "memlock",
            "as",
            "locks",
            "sigpending",
            "msgqueue",
            "nice",
            "rtprio",
            "rttime");

    private ResourceLimits() {}

    /** @param has whether the kernel has such a file of such a controller */
    static List<Limit> cgroup(HostConfig host, boolean unified, BiPredicate<String, String> has) {
        List<Limit> limits = new ArrayList<>();
        long quota = host.nanoCpus() != 0 ? host.nanoCpus() * CPU_PERIOD / 1_000_000_000L : host.cpuQuota();
        long period = host.cpuPeriod() == 0 ? CPU_PERIOD : host.cpuPeriod();
        long swap = host.memorySwap() == 0 && host.memory() != 0 ? 2 * host.memory() : host.memorySwap();
        if (unified) {
            unified(limits, host, quota, period, swap);
        } else {
            legacy(limits, host, quota, period, swap);
        }
        if (BlockLimits.used(host)) {
            limits.addAll(BlockLimits.of(host, unified, has));
        }
        return limits;
    }

    private static void legacy(List<Limit> limits, HostConfig host, long quota, long period, long swap) {
        add(limits, "memory", "memory.limit_in_bytes", host.memory());
        add(limits, "memory", "memory.soft_limit_in_bytes", host.memoryReservation());
        if (swap != 0 && host.memory() != 0) {
            limits.add(new Limit("memory", "memory.memsw.limit_in_bytes", Long.toString(swap)));
        }
        if (host.memorySwappiness() != null && host.memorySwappiness() >= 0) {
            // Zero means something, too.
            limits.add(new Limit("memory", "memory.swappiness", Long.toString(host.memorySwappiness())));
        }
        if (Boolean.TRUE.equals(host.oomKillDisable())) {
            add(limits, "memory", "memory.oom_control", 1);
        }
        add(limits, "memory", "memory.kmem.tcp.limit_in_bytes", host.kernelMemoryTcp());
        add(limits, "cpu", "cpu.shares", host.cpuShares());
        if (quota != 0) {
            add(limits, "cpu", "cpu.cfs_period_us", period);
            add(limits, "cpu", "cpu.cfs_quota_us", quota);
        }
        add(limits, "cpu", "cpu.rt_period_us", host.cpuRealtimePeriod());
        add(limits, "cpu", "cpu.rt_runtime_us", host.cpuRealtimeRuntime());
        common(limits, host, "cpuset.cpus", "cpuset.mems");
    }

    private static void unified(List<Limit> limits, HostConfig host, long quota, long period, long swap) {
        add(limits, "memory", "memory.max", host.memory());
        add(limits, "memory", "memory.low", host.memoryReservation());
        if (swap != 0 && host.memory() != 0) {
            limits.add(new Limit("memory", "memory.swap.max", swap < 0 ? "max" : Long.toString(swap - host.memory())));
        }
        if (host.cpuShares() != 0) {
            // The conversion of the OCI runtimes: 2..262144 shares onto a weight of 1..10000.
            add(limits, "cpu", "cpu.weight", 1 + (host.cpuShares() - 2) * 9999 / 262_142);
        }
        if (quota != 0) {
            limits.add(new Limit("cpu", "cpu.max", (quota < 0 ? "max" : Long.toString(quota)) + " " + period));
        }
        common(limits, host, "cpuset.cpus", "cpuset.mems");
    }

    private static void common(List<Limit> limits, HostConfig host, String cpus, String memories) {
        if (!host.cpusetCpus().isEmpty()) {
            limits.add(new Limit("cpuset", cpus, host.cpusetCpus()));
        }
        if (!host.cpusetMems().isEmpty()) {
            limits.add(new Limit("cpuset", memories, host.cpusetMems()));
        }
        if (host.pidsLimit() != null && host.pidsLimit() != 0) {
            limits.add(new Limit("pids", "pids.max", host.pidsLimit() < 0 ? "max" : Long.toString(host.pidsLimit())));
        }
    }

    private static void add(List<Limit> limits, String controller, String file, long value) {
        if (value != 0) {
            limits.add(new Limit(controller, file, Long.toString(value)));
        }
    }

    static Map<Integer, ProcessSpec.Limit> rlimits(HostConfig host) {
        Map<Integer, ProcessSpec.Limit> limits = new HashMap<>();
        for (Ulimit ulimit : host.ulimits() == null ? List.<Ulimit>of() : host.ulimits()) {
            int resource = RESOURCES.indexOf(ulimit.name());
            if (resource < 0) {
                throw new Problem.InvalidParameter("invalid ulimit type: " + ulimit.name()).exception();
            }
            limits.put(resource, new ProcessSpec.Limit(ulimit.soft(), ulimit.hard()));
        }
        return limits;
    }
}
