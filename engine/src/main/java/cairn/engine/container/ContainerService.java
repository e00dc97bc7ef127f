package cairn.engine.container;

import cairn.engine.event.Events;
import cairn.engine.image.Images;
import cairn.engine.image.LastUsed;
import cairn.engine.launch.CgroupTree;
import cairn.engine.launch.Freezer;
import cairn.engine.launch.Launcher;
import cairn.engine.launch.SeccompProfile;
import cairn.engine.layer.Layers;
import cairn.engine.layer.ReadWriteLayers;
import cairn.engine.log.LogCompression;
import cairn.engine.name.NameService;
import cairn.engine.network.Networks;
import cairn.engine.network.PublishedPorts;
import cairn.engine.store.DataRoot;
import cairn.engine.volume.Volumes;
import cairn.wire.container.LogConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.util.random.RandomGenerator;

/** The services of this package, wired. */
public record ContainerService(
        Containers containers,
        Connections connections,
        Execs execs,
        Updates updates,
        OptionEffects options,
        Commits commits,
        RootFiles files,
        Copies copies,
        ContainerStats stats,
        ContainerPrune prune,
        VolumeCopies volumeCopies,
        Rehearsal rehearsal) {
    /**
     * What the package needs from outside; {@code runtime} is the exec root, {@code init} the program for --init, {@code log} what containers
     * get that name no driver, {@code userNamespaces} whether they have user namespaces of their own unless they say something else.
     */
    public record Parts(
            DataRoot root,
            Path runtime,
            Images images,
            LastUsed lastUsed,
            Layers layers,
            Networks networks,
            NameService names,
            PublishedPorts ports,
            Volumes volumes,
            CgroupTree cgroups,
            Launcher launcher,
            Path init,
            SeccompProfile seccomp,
            LogConfig log,
            boolean userNamespaces,
            LogCompression logs,
            Events events,
            Clock clock,
            RandomGenerator random) {}

    /** Loads all records and takes up what still runs. */
    public static ContainerService open(Parts parts) {
        ImageMounts imageMounts = new ImageMounts(parts.images(), parts.layers());
        LaunchSpecs specs = new LaunchSpecs(parts.cgroups(), parts.seccomp(), parts.init(), imageMounts::directories);
        ContainerRecords records = new ContainerRecords(parts.root());
        ReadWriteLayers layers = parts.layers().readWrite();
        Ids ids = new Ids(parts.random());
        ContainerEvents events = new ContainerEvents(parts.events());
        Roster roster = new Roster(parts.root().containers(), parts.runtime(), parts.random());
        Freezer freezer = new Freezer(parts.cgroups());
        BackOff backOff = new BackOff(records);
        Pauses pauses = new Pauses(roster, freezer, records, events);
        Stops stops = new Stops(pauses, records, backOff, events, parts.clock());
        ContainerNames names = new ContainerNames(parts.names(), parts.networks());
        ContainerNetworks networks = new ContainerNetworks(parts.networks(), names, ids);
        EtcWriter etc = new EtcWriter(networks, roster::find);
        ContainerPorts ports = new ContainerPorts(parts.ports(), parts.networks(), roster);
        ContainerVolumes volumes = new ContainerVolumes(parts.volumes(), layers);
        Removal removal = new Removal(roster, layers, records, volumes, stops, backOff, events);
        Leftovers leftovers = new Leftovers(layers, parts.cgroups(), freezer);
        OldLogs oldLogs = new OldLogs(parts.logs());
        Endings endings = new Endings(
                networks,
                ports,
                parts.cgroups(),
                records,
                leftovers,
                volumes,
                removal,
                backOff,
                events,
                oldLogs,
                parts.clock());
        Execs execs = new Execs(roster, events, ids, parts.launcher(), specs);
        HealthChecks health = new HealthChecks(execs, records, events, parts.clock());
        Runner runner = new Runner(
                roster,
                layers,
                networks,
                names,
                etc,
                ports,
                parts.cgroups(),
                parts.launcher(),
                specs,
                records,
                leftovers,
                volumes,
                endings,
                health,
                events);
        Containers containers = new Containers(
                roster,
                records,
                new Listing(roster, parts.images(), layers, parts.clock()),
                new Creation(
                        roster,
                        parts.images(),
                        parts.lastUsed(),
                        layers,
                        volumes,
                        networks,
                        imageMounts,
                        parts.cgroups(),
                        records,
                        events,
                        ids,
                        parts.clock(),
                        parts.log(),
                        new UserNamespaces(roster, parts.userNamespaces())),
                removal,
                new Lifecycle(roster, runner, stops, removal, parts.lastUsed(), events),
                new Adoption(
                        networks,
                        names,
                        ports,
                        parts.cgroups(),
                        records,
                        leftovers,
                        volumes,
                        endings,
                        removal,
                        backOff,
                        runner,
                        health,
                        oldLogs),
                backOff,
                leftovers,
                volumes,
                pauses,
                networks,
                parts.cgroups(),
                events);
        Connections connections = new Connections(roster, parts.networks(), networks, names, ports, etc, records);
        containers.open();
        parts.volumes().settle();
        connections.agree();
        ports.reconcile();
        pauses.takeUp();
        return new ContainerService(
                containers,
                connections,
                execs,
                new Updates(roster, parts.cgroups(), records, events),
                new OptionEffects(parts.cgroups(), parts.init()),
                new Commits(containers, parts.images(), parts.layers(), pauses, events, parts.clock()),
                new RootFiles(containers, layers, events),
                new Copies(containers, layers, volumes, events),
                new ContainerStats(containers, parts.cgroups(), parts.clock()),
                new ContainerPrune(containers, layers),
                new VolumeCopies(parts.volumes(), roster, pauses, parts.clock()),
                new Rehearsal(
                        new ContainerFiles(parts.root().containers(), parts.runtime(), Rehearsal.ID),
                        parts.root().tmp(),
                        specs,
                        parts.cgroups(),
                        parts.clock()));
    }
}
