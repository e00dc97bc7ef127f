package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.launch.CgroupTree;
import cairn.linux.Kernel;
import cairn.wire.container.HostConfig;
import cairn.wire.container.HostConfigBuilder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the limits of a request against each other and against what the kernel can do, in Docker's order and words. What the kernel
 * lacks is dropped with a warning; what makes no sense is refused. Only what was asked for costs a look at the kernel.
 */
final class ResourceChecks {
    private static final long SMALLEST_MEMORY = 6L << 20;
    private static final String NO_CGROUP = " or the cgroup is not mounted.";

    /** The greatest CPU number that is looked at (CVE-2018-20699). */
    private static final int LARGEST_CPU = 8192;

    private final HostConfig host;
    private final HostConfigBuilder checked;
    private final CgroupTree cgroups;
    private final List<String> warnings = new ArrayList<>();

    private ResourceChecks(HostConfig host, CgroupTree cgroups) {
        this.host = host;
        this.checked = HostConfigBuilder.builder(host);
        this.cgroups = cgroups;
    }

    /** What remains of a request, and what to tell the client about the rest. */
    record Checked(HostConfig host, List<String> warnings) {}

    /** @param update whether a container has these limits already, of which the request need not speak again */
    static Checked of(HostConfig host, CgroupTree cgroups, boolean update) {
        ResourceChecks checks = new ResourceChecks(host, cgroups);
        checks.memory(update);
        checks.processes();
        checks.processor();
        checks.processorSets();
        checks.blockDevices();
        return new Checked(checks.checked.build(), checks.warnings);
    }

    private static EngineException refused(String text) {
        return new Problem.InvalidParameter(text).exception();
    }

    private boolean has(String controller, String file) {
        return cgroups.has(controller, file);
    }

    /** The one file that stands for a feature, under its name in either version. */
    private boolean has(String controller, String legacyFile, String unifiedFile) {
        return has(controller, cgroups.unified() ? unifiedFile : legacyFile);
    }

    private void memory(boolean update) {
        long memory = host.memory();
        long swap = host.memorySwap();
        if (memory != 0 && memory < SMALLEST_MEMORY) {
            throw refused("Minimum memory limit allowed is 6MB");
        }
        if (memory > 0 && !has("memory", "memory.limit_in_bytes", "memory.max")) {
            warnings.add(
                    "Your kernel does not support memory limit capabilities" + NO_CGROUP + " Limitation discarded.");
            memory = 0;
            swap = -1;
        }
        if (memory > 0 && swap != -1 && !has("memory", "memory.memsw.limit_in_bytes", "memory.swap.max")) {
            warnings.add("Your kernel does not support swap limit capabilities" + NO_CGROUP
                    + " Memory limited without swap.");
            swap = -1;
        }
        if (memory > 0 && swap > 0 && swap < memory) {
            throw refused("Minimum memoryswap limit should be larger than memory limit, see usage");
        }
        if (memory == 0 && swap > 0 && !update) {
            throw refused("You should always set the Memory limit when using Memoryswap limit, see usage");
        }
        checked.memory(memory).memorySwap(swap);
        swappiness();
        long reservation = host.memoryReservation();
        if (reservation > 0 && !has("memory", "memory.soft_limit_in_bytes", "memory.low")) {
            warnings.add("Your kernel does not support memory soft limit capabilities" + NO_CGROUP
                    + " Limitation discarded.");
            reservation = 0;
            checked.memoryReservation(0);
        }
        if (reservation > 0 && reservation < SMALLEST_MEMORY) {
            throw refused("Minimum memory reservation allowed is 6MB");
        }
        if (memory > 0 && reservation > 0 && memory < reservation) {
            throw refused("Minimum memory limit can not be less than memory reservation limit, see usage");
        }
        outOfMemory(memory);
    }

    private void swappiness() {
        Long swappiness = host.memorySwappiness();
        if (swappiness == null || swappiness == -1) {
            checked.memorySwappiness(null);
        } else if (cgroups.unified() || !has("memory", "memory.swappiness")) {
            warnings.add("Your kernel does not support memory swappiness capabilities" + NO_CGROUP
                    + " Memory swappiness discarded.");
            checked.memorySwappiness(null);
        } else if (swappiness < 0 || swappiness > 100) {
            throw refused("Invalid value: " + swappiness + ", valid memory swappiness range is 0-100");
        }
        if (host.kernelMemoryTcp() > 0 && (cgroups.unified() || !has("memory", "memory.kmem.tcp.limit_in_bytes"))) {
            warnings.add("Your kernel does not support kernel memory TCP limit capabilities" + NO_CGROUP
                    + " Limitation discarded.");
            checked.kernelMemoryTcp(0);
        }
    }

    private void outOfMemory(long memory) {
        if (!Boolean.TRUE.equals(host.oomKillDisable())) {
            return;
        }
        if (cgroups.unified() || !has("memory", "memory.oom_control")) {
            warnings.add("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
            checked.oomKillDisable(null);
        } else if (memory == 0) {
            warnings.add(
                    "OOM killer is disabled for the container, but no memory limit is set, this can result in the system"
                            + " running out of resources.");
        }
    }

    private void processes() {
        Long limit = host.pidsLimit();
        if (limit != null && limit > 0 && !has("pids", "pids.max")) {
            warnings.add("Your kernel does not support PIDs limit capabilities" + NO_CGROUP + " PIDs limit discarded.");
            checked.pidsLimit(null);
        }
    }

    private void processor() {
        if (host.nanoCpus() > 0 && host.cpuPeriod() > 0) {
            throw refused("Conflicting options: Nano CPUs and CPU Period cannot both be set");
        }
        if (host.nanoCpus() > 0 && host.cpuQuota() > 0) {
            throw refused("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
        }
        boolean limited = host.nanoCpus() != 0 || host.cpuPeriod() != 0 || host.cpuQuota() != 0;
        boolean quotas = !limited || has("cpu", "cpu.cfs_quota_us", "cpu.max");
        if (host.nanoCpus() > 0 && !quotas) {
            throw refused("NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler"
                    + NO_CGROUP.replace(".", ""));
        }
        int cpus = host.nanoCpus() == 0 ? 0 : Kernel.cpus();
        if (host.nanoCpus() < 0 || host.nanoCpus() > cpus * 1_000_000_000L) {
            throw refused(
                    "range of CPUs is from 0.01 to " + cpus + ".00, as there are only " + cpus + " CPUs available");
        }
        shares();
        long period = host.cpuPeriod();
        long quota = host.cpuQuota();
        if ((period != 0 || quota != 0) && !quotas) {
            warnings.add("Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.");
            checked.cpuPeriod(0).cpuQuota(0);
            period = 0;
            quota = 0;
        }
        if (period != 0 && (period < 1000 || period > 1_000_000)) {
            throw refused("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        }
        if (quota > 0 && quota < 1000) {
            throw refused("CPU cfs quota can not be less than 1ms (i.e. 1000)");
        }
        if (host.cpuPercent() > 0) {
            warnings.add("linux does not support CPU percent. Percent discarded.");
            checked.cpuPercent(0);
        }
        realTime();
    }

    private void shares() {
        if (host.cpuShares() < 0) {
            throw refused("invalid CPU shares (" + host.cpuShares() + "): value must be a positive integer");
        }
        if (host.cpuShares() > 0 && !has("cpu", "cpu.shares", "cpu.weight")) {
            warnings.add("Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.");
            checked.cpuShares(0);
        }
    }

    private void realTime() {
        long period = host.cpuRealtimePeriod();
        long runtime = host.cpuRealtimeRuntime();
        if ((period != 0 || runtime != 0) && (cgroups.unified() || !has("cpu", "cpu.rt_period_us"))) {
            throw refused("kernel does not support CPU real-time scheduler");
        }
        if (period != 0 && runtime != 0 && runtime > period) {
            throw refused("cpu real-time runtime cannot be higher than cpu real-time period");
        }
    }

    private void processorSets() {
        if (host.cpusetCpus().isEmpty() && host.cpusetMems().isEmpty()) {
            return;
        }
        String suffix = cgroups.unified() ? ".effective" : "";
        String cpus = cgroups.read("cpuset", "cpuset.cpus" + suffix);
        if (cpus.isEmpty()) {
            warnings.add("Your kernel does not support cpuset or the cgroup is not mounted. Cpuset discarded.");
            checked.cpusetCpus("").cpusetMems("");
            return;
        }
        available(host.cpusetCpus(), cpus, "cpus", "CPUs");
        available(host.cpusetMems(), cgroups.read("cpuset", "cpuset.mems" + suffix), "mems", "memory nodes");
    }

    private static void available(String asked, String there, String kind, String words) {
        BitSet missing;
        try {
            missing = numbers(asked);
        } catch (IllegalArgumentException e) {
            throw refused("Invalid value " + asked + " for cpuset " + kind + ": " + e.getMessage());
        }
        missing.andNot(numbers(there));
        if (!missing.isEmpty()) {
            throw refused("Requested " + words + " are not available - requested " + asked + ", available: " + there);
        }
    }

    /** A list such as {@code 0-2,7}. */
    static BitSet numbers(String list) {
        BitSet numbers = new BitSet();
        if (list.isEmpty()) {
            return numbers;
        }
        for (String range : list.split(",", -1)) {
            int dash = range.indexOf('-');
            int low = number(dash < 0 ? range : range.substring(0, dash), list);
            int high = dash < 0 ? low : number(range.substring(dash + 1), list);
            if (high < low) {
                throw new IllegalArgumentException("invalid format: " + list);
            }
            if (high > LARGEST_CPU) {
                throw new IllegalArgumentException("value of out range, maximum is " + LARGEST_CPU);
            }
            numbers.set(low, high + 1);
        }
        return numbers;
    }

    private static int number(String digits, String list) {
        boolean good = !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!good) {
            throw new IllegalArgumentException("invalid format: " + list);
        }
        return digits.length() > 9 ? Integer.MAX_VALUE - 1 : Integer.parseInt(digits);
    }

    private void blockDevices() {
        if (host.ioMaximumBandwidth() != 0) {
            throw refused("invalid option: QoS maximum bandwidth configuration is not supported on linux");
        }
        if (host.ioMaximumIops() != 0) {
            throw refused("invalid option: QoS maximum IOPs configuration is not supported on linux");
        }
        if (!BlockLimits.used(host)) {
            return;
        }
        boolean unified = cgroups.unified();
        if (host.blkioWeight() > 0 && BlockLimits.weightFile(unified, cgroups::has) == null) {
            warnings.add("Your kernel does not support Block I/O weight" + NO_CGROUP + " Weight discarded.");
            checked.blkioWeight(0);
        } else if (host.blkioWeight() != 0 && (host.blkioWeight() < 10 || host.blkioWeight() > 1000)) {
            throw refused("Range of blkio weight is from 10 to 1000");
        }
        if (BlockLimits.used(host.blkioWeightDevice()) && BlockLimits.deviceWeightFile(unified, cgroups::has) == null) {
            warnings.add(
                    "Your kernel does not support Block I/O weight_device" + NO_CGROUP + " Weight-device discarded.");
            checked.blkioWeightDevice(List.of());
        }
        if (discarded(host.blkioDeviceReadBps(), "read_bps", "BPS Block I/O read limit", "Block I/O BPS read limit")) {
            checked.blkioDeviceReadBps(List.of());
        }
        if (discarded(
                host.blkioDeviceWriteBps(), "write_bps", "BPS Block I/O write limit", "Block I/O BPS write limit")) {
            checked.blkioDeviceWriteBps(List.of());
        }
        if (discarded(host.blkioDeviceReadIops(), "read_iops", "IOPS Block read limit", "Block I/O IOPS read limit")) {
            checked.blkioDeviceReadIops(List.of());
        }
        if (discarded(
                host.blkioDeviceWriteIops(), "write_iops", "IOPS Block write limit", "Block I/O IOPS write limit")) {
            checked.blkioDeviceWriteIops(List.of());
        }
    }

    private boolean discarded(@Nullable List<?> devices, String file, String what, String shortly) {
        if (!BlockLimits.used(devices) || has("blkio", "blkio.throttle." + file + "_device", "io.max")) {
            return false;
        }
        warnings.add("Your kernel does not support " + what + NO_CGROUP + " " + shortly + " discarded.");
        return true;
    }
}
