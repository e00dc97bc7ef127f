package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.launch.CgroupTree;
import cairn.wire.container.HostConfig;
import cairn.wire.container.HostConfigBuilder;
import cairn.wire.container.RestartPolicy;
import cairn.wire.container.UpdateRequest;
import cairn.wire.container.UpdateResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Changes limits of containers, of running ones at once. Record and cgroups change together or not at all. */
public final class Updates {
    private final Roster roster;
    private final CgroupTree cgroups;
    private final ContainerRecords records;
    private final ContainerEvents events;

    Updates(Roster roster, CgroupTree cgroups, ContainerRecords records, ContainerEvents events) {
        this.roster = roster;
        this.cgroups = cgroups;
        this.records = records;
        this.events = events;
    }

    /**
     * What the request leaves open stays as it is.
     *
     * @throws EngineException NoSuchContainer, InvalidParameter, Conflict with the limits that the container has
     */
    public UpdateResponse update(String ref, UpdateRequest request) {
        ResourceChecks.Checked checked = ResourceChecks.of(asked(request), cgroups, true);
        RestartRule.of(checked.host());
        Live live = roster.find(ref);
        live.lock.lock();
        try {
            String id = live.container.id();
            String failure = "Cannot update container " + id + ": ";
            if (live.removing || live.removed) {
                throw new Problem.Conflict(failure + "container is marked for removal and cannot be \"update\"")
                        .exception();
            }
            HostConfig before = live.container.hostConfig();
            Container after = live.container.withHostConfig(merged(before, checked.host(), failure));
            Deque<Map.Entry<Path, String>> undo = new ArrayDeque<>();
            try {
                if (after.running()) {
                    apply(cgroups.writes(id, changes(before, after.hostConfig())), undo);
                }
                records.saveHostConfig(after, live.files);
            } catch (IOException | RuntimeException e) {
                undo.forEach(Updates::writeBack);
                throw new Problem.Internal(failure + e.getMessage()).exception(e);
            }
            live.container = after;
            events.tell(live, "update");
            return new UpdateResponse(checked.warnings());
        } finally {
            live.lock.unlock();
        }
    }

    /** Limits of single block devices are left out: Docker takes them from API 1.55 on. */
    private static HostConfig asked(UpdateRequest request) {
        return HostConfigBuilder.builder()
                .cpuShares(request.cpuShares())
                .memory(request.memory())
                .nanoCpus(request.nanoCpus())
                .blkioWeight(request.blkioWeight())
                .cpuPeriod(request.cpuPeriod())
                .cpuQuota(request.cpuQuota())
                .cpuRealtimePeriod(request.cpuRealtimePeriod())
                .cpuRealtimeRuntime(request.cpuRealtimeRuntime())
                .cpusetCpus(request.cpusetCpus())
                .cpusetMems(request.cpusetMems())
                .memoryReservation(request.memoryReservation())
                .memorySwap(request.memorySwap())
                .pidsLimit(request.pidsLimit() == null ? null : Long.valueOf(Math.max(0, request.pidsLimit())))
                .restartPolicy(request.restartPolicy())
                .build();
    }

    private static HostConfig merged(HostConfig before, HostConfig asked, String failure) {
        conflict(asked.nanoCpus() > 0 && before.cpuPeriod() > 0, failure, "Nano CPUs", "CPU Period has");
        conflict(asked.nanoCpus() > 0 && before.cpuQuota() > 0, failure, "Nano CPUs", "CPU Quota has");
        conflict(asked.cpuPeriod() > 0 && before.nanoCpus() > 0, failure, "CPU Period", "NanoCPUs has");
        conflict(asked.cpuQuota() > 0 && before.nanoCpus() > 0, failure, "CPU Quota", "NanoCPUs has");
        if (asked.memory() > before.memorySwap() && asked.memory() != 0 && asked.memorySwap() == 0) {
            throw new Problem.Conflict(failure + "Memory limit should be smaller than already set memoryswap limit,"
                            + " update the memoryswap at the same time")
                    .exception();
        }
        RestartPolicy restart = asked.restartPolicy();
        if (before.autoRemove() && !restart.name().isEmpty() && !restart.name().equals("no")) {
            throw new Problem.Conflict(failure
                            + "Restart policy cannot be updated because AutoRemove is enabled for the container")
                    .exception();
        }
        return HostConfigBuilder.builder(before)
                .blkioWeight(asked.blkioWeight() == 0 ? before.blkioWeight() : asked.blkioWeight())
                .cpuShares(set(asked.cpuShares(), before.cpuShares()))
                .nanoCpus(set(asked.nanoCpus(), before.nanoCpus()))
                .cpuPeriod(set(asked.cpuPeriod(), before.cpuPeriod()))
                .cpuQuota(set(asked.cpuQuota(), before.cpuQuota()))
                .cpuRealtimePeriod(set(asked.cpuRealtimePeriod(), before.cpuRealtimePeriod()))
                .cpuRealtimeRuntime(set(asked.cpuRealtimeRuntime(), before.cpuRealtimeRuntime()))
                .cpusetCpus(asked.cpusetCpus().isEmpty() ? before.cpusetCpus() : asked.cpusetCpus())
                .cpusetMems(asked.cpusetMems().isEmpty() ? before.cpusetMems() : asked.cpusetMems())
                .memory(set(asked.memory(), before.memory()))
                .memorySwap(set(asked.memorySwap(), before.memorySwap()))
                .memoryReservation(set(asked.memoryReservation(), before.memoryReservation()))
                .pidsLimit(asked.pidsLimit() == null ? before.pidsLimit() : asked.pidsLimit())
                .restartPolicy(restart.name().isEmpty() ? before.restartPolicy() : restart)
                .build();
    }

    private static void conflict(boolean there, String failure, String asked, String held) {
        if (there) {
            throw new Problem.Conflict(failure + "Conflicting options: " + asked + " cannot be updated as " + held
                            + " already been set")
                    .exception();
        }
    }

    private static long set(long asked, long before) {
        return asked == 0 ? before : asked;
    }

    /** The files whose content is to change. */
    private List<CgroupTree.Limit> changes(HostConfig before, HostConfig after) {
        boolean unified = cgroups.unified();
        List<CgroupTree.Limit> changes = new ArrayList<>(ResourceLimits.cgroup(after, unified, cgroups::has));
        List<CgroupTree.Limit> there = ResourceLimits.cgroup(before, unified, cgroups::has);
        changes.removeAll(there);
        if (there.stream().anyMatch(limit -> limit.file().equals("pids.max"))
                && (after.pidsLimit() == null || after.pidsLimit() == 0)) {
            changes.add(new CgroupTree.Limit("pids", "pids.max", "max"));
        }
        // With v1 memory must never exceed memory and swap together, on the way neither.
        boolean more = after.memorySwap() < 0 || before.memorySwap() > 0 && after.memorySwap() > before.memorySwap();
        if (more) {
            changes.sort((a, b) -> Boolean.compare(
                    b.file().startsWith("memory.memsw."), a.file().startsWith("memory.memsw.")));
        }
        return changes;
    }

    /** @param undo gets what was there, the last first */
    private static void apply(List<Map.Entry<Path, String>> writes, Deque<Map.Entry<Path, String>> undo)
            throws IOException {
        Map<Path, String> former = new LinkedHashMap<>();
        for (Map.Entry<Path, String> write : writes) {
            former.put(write.getKey(), Files.readString(write.getKey()).strip());
        }
        for (Map.Entry<Path, String> write : writes) {
            Files.writeString(write.getKey(), write.getValue());
            undo.addFirst(Map.entry(write.getKey(), former.getOrDefault(write.getKey(), "")));
        }
    }

    private static void writeBack(Map.Entry<Path, String> former) {
        try {
            Files.writeString(former.getKey(), former.getValue());
        } catch (IOException e) {
            // It ended meanwhile; or memory has grown again, and then the new limit stays.
        }
    }
}
