package cairn.engine.container;

import cairn.engine.event.Events;
import cairn.engine.image.Images;
import cairn.engine.image.LastUsed;
import cairn.engine.launch.CgroupTree;
import cairn.engine.launch.Freezer;
import cairn.engine.launch.Launcher;
import cairn.engine.launch.SeccompProfile;
import cairn.engine.layer.Layers;
import cairn.engine.network.Bridge;
import cairn.engine.store.DataRoot;
import java.nio.file.Path;
import java.time.Clock;
import java.util.random.RandomGenerator;

/** The services of this package, wired. */
public record ContainerService(
        Containers containers,
        Execs execs,
        Commits commits,
        RootFiles files,
        ContainerPrune prune,
        Rehearsal rehearsal) {
    /** What the package needs from outside; {@code runtime} is the exec root. */
    public record Parts(
            DataRoot root,
            Path runtime,
            Images images,
            LastUsed lastUsed,
            Layers layers,
            Bridge bridge,
            CgroupTree cgroups,
            Launcher launcher,
            SeccompProfile seccomp,
            Events events,
            Clock clock,
            RandomGenerator random) {}

    /** Loads all records and takes up what still runs. */
    public static ContainerService open(Parts parts) {
        LaunchSpecs specs = new LaunchSpecs(parts.cgroups(), parts.seccomp());
        ContainerRecords records = new ContainerRecords(parts.root());
        Runner runner = new Runner(
                parts.layers().readWrite(),
                parts.bridge(),
                parts.cgroups(),
                parts.launcher(),
                specs,
                records,
                parts.events(),
                parts.clock(),
                parts.random());
        Containers containers = new Containers(
                parts.root().containers(),
                parts.runtime(),
                parts.images(),
                parts.lastUsed(),
                parts.layers().readWrite(),
                records,
                runner,
                parts.clock(),
                parts.random());
        containers.open();
        Commits commits = new Commits(
                containers, parts.images(), parts.layers(), new Freezer(parts.cgroups()), runner, parts.clock());
        commits.thawInterrupted();
        return new ContainerService(
                containers,
                new Execs(containers, runner, parts.launcher(), specs),
                commits,
                new RootFiles(containers, parts.layers().readWrite(), runner),
                new ContainerPrune(containers, parts.layers().readWrite()),
                new Rehearsal(
                        new ContainerFiles(parts.root().containers(), parts.runtime(), Rehearsal.ID),
                        parts.root().tmp(),
                        specs,
                        parts.clock()));
    }
}
