package cairn.engine.container;

import cairn.engine.launch.CgroupTree;
import cairn.wire.stats.Stats;
import cairn.wire.stats.StatsBuilder;
import java.nio.file.Path;
import java.time.Clock;

/** What a container uses at this moment. */
public final class ContainerStats {
    private static final Path PROC = Path.of("/proc");

    private final Containers containers;
    private final CgroupTree cgroups;
    private final Clock clock;

    ContainerStats(Containers containers, CgroupTree cgroups, Clock clock) {
        this.containers = containers;
        this.cgroups = cgroups;
        this.clock = clock;
    }

    /** A sample without one before it; with nothing but id and name of a container that does not run. @throws cairn.engine.error.EngineException NoSuchContainer */
    public Stats sample(String ref) {
        Container container = containers.get(ref);
        StatsBuilder stats = StatsBuilder.builder().name("/" + container.name()).id(container.id());
        if (!(container.state() instanceof LifeState.Running running)) {
            return stats.build();
        }
        Counters counters = new Counters(cgroups, container.id(), PROC);
        boolean own = !(NetworkMode.of(container.hostConfig()) instanceof NetworkMode.Host);
        return stats.read(clock.instant().toString())
                .cpuStats(counters.cpu())
                .memoryStats(counters.memory())
                .pidsStats(counters.pids())
                .blkioStats(counters.devices())
                .networks(own ? counters.interfaces(running.pid()) : null)
                .build();
    }

    /** The later of two samples, which then tells of the earlier one. */
    public static Stats after(Stats before, Stats now) {
        return StatsBuilder.builder(now)
                .preread(before.read())
                .precpuStats(before.cpuStats())
                .build();
    }
}
