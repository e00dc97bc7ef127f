package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.launch.CgroupTree;
import cairn.engine.launch.LaunchPlanner;
import cairn.engine.launch.LaunchSpec;
import cairn.engine.launch.Launcher;
import cairn.engine.launch.Report;
import cairn.engine.launch.ShimConnection;
import cairn.engine.layer.ReadWriteLayers;
import cairn.engine.layer.Rootfs;
import cairn.engine.plan.LaunchPlan;
import cairn.linux.LinuxException;
import cairn.wire.container.HostConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Brings a container's process up. */
final class Runner {
    private final Roster roster;
    private final ReadWriteLayers layers;
    private final ContainerNetworks networks;
    private final ContainerNames names;
    private final EtcWriter etc;
    private final ContainerPorts ports;
    private final CgroupTree cgroups;
    private final Launcher launcher;
    private final LaunchSpecs specs;
    private final LaunchPlanner planner = new LaunchPlanner();
    private final ContainerRecords records;
    private final Leftovers leftovers;
    private final ContainerVolumes volumes;
    private final Endings endings;
    private final HealthChecks health;
    private final ContainerEvents events;

    Runner(
            Roster roster,
            ReadWriteLayers layers,
            ContainerNetworks networks,
            ContainerNames names,
            EtcWriter etc,
            ContainerPorts ports,
            CgroupTree cgroups,
            Launcher launcher,
            LaunchSpecs specs,
            ContainerRecords records,
            Leftovers leftovers,
            ContainerVolumes volumes,
            Endings endings,
            HealthChecks health,
            ContainerEvents events) {
        this.roster = roster;
        this.layers = layers;
        this.networks = networks;
        this.names = names;
        this.etc = etc;
        this.ports = ports;
        this.cgroups = cgroups;
        this.launcher = launcher;
        this.specs = specs;
        this.records = records;
        this.leftovers = leftovers;
        this.volumes = volumes;
        this.endings = endings;
        this.health = health;
        this.events = events;
    }

    /** Called with the container's lock held. */
    void startLocked(Live live) {
        Container container = live.container;
        boolean attached = false;
        Phases phases = new Phases("start");
        try {
            HostChecks.noDeviceDrivers(container.hostConfig());
            SharedNamespaces shared = SharedNamespaces.of(live, roster::find);
            makePrivate(live.files.shim());
            Rootfs rootfs = layers.rootfs(container.id(), container.hostConfig().autoRemove(), container.ids() != null);
            phases.done("mount");
            ContainerNetworks.Attached places = networks.attach(container);
            live.container = container.connected(places.memberships(), List.of());
            attached = true;
            live.container = live.container.connected(places.memberships(), ports.publish(live.container));
            container = live.container;
            if (!places.steps().connect().isEmpty()) {
                // Whoever finds this container running after a kill has to know its addresses and its ports.
                records.save(container, live.files);
            }
            phases.done("endpoint");
            Links links = Links.of(container, ref -> roster.find(ref).container);
            etc.write(live, links);
            MountRequests.makeSources(container.mounts(), container::asked);
            MountRequests.checkPropagation(container.mounts());
            volumes.mount(container);
            phases.done("etc");
            cgroups.place(container.id(), container.hostConfig().cgroupParent());
            if (live.files.shm().equals(shared.shm())) {
                ShareableShm.mount(live.files.shm(), container.hostConfig().shmSize());
            }
            LaunchSpec spec = specs.run(
                    links.applied(container),
                    live.files,
                    rootfs,
                    places.steps(),
                    shared,
                    live.waiting.size(),
                    consoleSize(container.hostConfig()));
            LaunchPlan plan = planner.run(spec);
            phases.done("plan");
            cgroups.prepareContainer(container.id(), spec.cgroup().deviceRules());
            phases.done("devices");
            ShimConnection shim = launcher.launch(plan);
            phases.done("send");
            LifeState.Running running = awaitStart(live, shim, plan);
            phases.done("shim");
            live.shim = shim;
            live.container = container.started(running);
            live.container = live.container.withCause(null);
            live.requests.clear();
            live.killed = false;
            health.beginLocked(live);
            records.save(live.container, live.files);
            networks.tell(container.id(), container.networks(), "connect");
            events.tell(live, "start");
            live.changed.signalAll();
            phases.done("record");
            phases.log();
            endings.watch(live, shim, this::startLocked);
        } catch (IOException | LinuxException e) {
            failedLocked(
                    live,
                    attached,
                    new Problem.LaunchFailed(String.valueOf(e.getMessage()), 0, "", Problem.LaunchFault.OTHER));
            throw new Problem.Internal("failed to start container: " + e.getMessage()).exception(e);
        } catch (EngineException e) {
            failedLocked(live, attached, e.problem());
            throw e;
        }
    }

    private static void makePrivate(Path directory) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static int[] consoleSize(HostConfig host) {
        List<Integer> size = host.consoleSize();
        return size.size() == 2 ? new int[] {size.get(0), size.get(1)} : new int[] {0, 0};
    }

    /** Reads reports until the process runs; connects the waiting attachments as soon as the shim listens. */
    private LifeState.Running awaitStart(Live live, ShimConnection shim, LaunchPlan plan) throws IOException {
        Report report = shim.next();
        if (report instanceof Report.Pid pid) {
            for (Attachment attachment : live.waiting) {
                attachment.connectOrAbandon(live.files.shim());
            }
            live.waiting.clear();
            if (ContainerNames.wanted(live.container)) {
                names.serve(live, pid.pid(), pid.startTime());
                go(shim);
            }
            report = shim.next();
            if (report instanceof Report.Started started) {
                return new LifeState.Running(pid.pid(), pid.startTime(), started.at());
            }
        }
        shim.close();
        if (report instanceof Report.Failed failed) {
            throw LaunchFailures.of(plan, failed, live.container.path()).exception();
        }
        throw new IOException("the shim ended before the process ran");
    }

    private static void go(ShimConnection shim) {
        try {
            shim.go();
        } catch (IOException e) {
            // It has ended; its last report says why.
        }
    }

    /** A start that failed: everything is given back, and the record says why. */
    private void failedLocked(Live live, boolean attached, Problem problem) {
        for (Attachment attachment : live.waiting) {
            attachment.abandon();
        }
        live.waiting.clear();
        if (attached) {
            ports.withdraw(live.container.id());
            List<Membership> places = live.container.networks();
            live.container = live.container.disconnected();
            networks.release(live.container.id(), places);
        }
        leftovers.release(live);
        volumes.unmount(live.container, false);
        String error = switch (problem) {
            case Problem.LaunchFailed failed -> failed.text();
            case Problem.PortTaken taken -> taken.text();
            case Problem.PortNotBound refused -> refused.text();
            case Problem.VolumeNotMounted volume -> volume.text();
            default -> null;
        };
        if (error != null) {
            int code = problem instanceof Problem.LaunchFailed failed
                    ? failed.fault().exitCode()
                    : Problem.LaunchFault.OTHER.exitCode();
            live.lastExitCode = code;
            live.container = live.container.withState(
                    switch (live.container.state()) {
                        case LifeState.Exited exited ->
                            new LifeState.Exited(code, false, error, exited.startedAt(), exited.finishedAt());
                        case LifeState.Restarting waiting ->
                            new LifeState.Exited(
                                    waiting.exitCode(),
                                    waiting.outOfMemory(),
                                    error,
                                    waiting.startedAt(),
                                    waiting.finishedAt());
                        case LifeState.Created ignored -> new LifeState.Created(code, error);
                        case LifeState.Dead dead -> dead;
                        case LifeState.Running ignored -> new LifeState.Created(code, error);
                    });
            records.save(live.container, live.files);
        }
    }
}
