package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.event.Events;
import cairn.engine.launch.CgroupTree;
import cairn.engine.launch.ContainerDefaults;
import cairn.engine.launch.LaunchPlanner;
import cairn.engine.launch.LaunchSpec;
import cairn.engine.launch.Launcher;
import cairn.engine.launch.Report;
import cairn.engine.launch.ShimConnection;
import cairn.engine.layer.ReadWriteLayers;
import cairn.engine.network.Bridge;
import cairn.engine.network.Endpoint;
import cairn.engine.plan.LaunchPlan;
import cairn.linux.LinuxException;
import cairn.linux.Processes;
import cairn.wire.container.HostConfig;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Brings a container's process up, watches its shim, and takes down what the run has used. All methods named {@code ...Locked} are
 * called with the container's lock held.
 */
final class Runner {
    private static final System.Logger LOG = System.getLogger(Runner.class.getName());
    private static final int LOST = 255; // what Docker reports for an end that nobody saw

    private final ReadWriteLayers layers;
    private final Bridge bridge;
    private final CgroupTree cgroups;
    private final Launcher launcher;
    private final LaunchSpecs specs;
    private final LaunchPlanner planner = new LaunchPlanner();
    private final ContainerRecords records;
    private final Events events;
    private final Clock clock;
    private final RandomGenerator random;

    Runner(
            ReadWriteLayers layers,
            Bridge bridge,
            CgroupTree cgroups,
            Launcher launcher,
            LaunchSpecs specs,
            ContainerRecords records,
            Events events,
            Clock clock,
            RandomGenerator random) {
        this.layers = layers;
        this.bridge = bridge;
        this.cgroups = cgroups;
        this.launcher = launcher;
        this.specs = specs;
        this.records = records;
        this.events = events;
        this.clock = clock;
        this.random = random;
    }

    /** What happens when a container that is to be removed at its end has ended; called without the lock. */
    @FunctionalInterface
    interface AutoRemoval {
        void remove(Live live);
    }

    /** @param sharedNetwork the process whose network namespace is to be entered, null for one of its own */
    void startLocked(Live live, @Nullable Path sharedNetwork, AutoRemoval removal) {
        Container container = live.container;
        Endpoint endpoint = null;
        Phases phases = new Phases("start");
        try {
            if (NetworkMode.of(container.hostConfig()) instanceof NetworkMode.Named named) {
                throw new Problem.NoSuchNetwork(named.name()).exception();
            }
            makePrivate(live.files.shim());
            Path rootfs = layers.mount(container.id(), container.hostConfig().autoRemove());
            phases.done("mount");
            if (NetworkMode.of(container.hostConfig()) instanceof NetworkMode.Bridge) {
                endpoint = bridge.attach(newId());
            }
            phases.done("endpoint");
            etcFiles(live, endpoint);
            Binds.makeSources(container.mounts());
            phases.done("etc");
            LaunchSpec spec = specs.run(
                    container,
                    live.files,
                    rootfs,
                    network(container, endpoint, sharedNetwork),
                    live.waiting.size(),
                    consoleSize(container.hostConfig()));
            LaunchPlan plan = planner.run(spec);
            phases.done("plan");
            if (!container.hostConfig().privileged()) {
                cgroups.prepareContainer(container.id(), ContainerDefaults.DEVICE_RULES);
            }
            phases.done("devices");
            ShimConnection shim = launcher.launch(plan);
            phases.done("send");
            LifeState.Running running = awaitStart(live, shim, plan);
            phases.done("shim");
            live.shim = shim;
            live.container = container.started(running, endpoint == null ? null : remembered(endpoint));
            records.save(live.container, live.files);
            if (endpoint != null) {
                events.publish(
                        "network",
                        "connect",
                        endpoint.networkId(),
                        Map.of("container", container.id(), "name", "bridge", "type", "bridge"));
            }
            event(live, "start");
            live.changed.signalAll();
            phases.done("record");
            phases.log();
            watch(live, shim, removal);
        } catch (IOException | LinuxException e) {
            failedLocked(
                    live,
                    endpoint,
                    new Problem.LaunchFailed(String.valueOf(e.getMessage()), 0, "", Problem.LaunchFault.OTHER));
            throw new Problem.Internal("failed to start container: " + e.getMessage()).exception(e);
        } catch (EngineException e) {
            failedLocked(live, endpoint, e.problem());
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

    private static LaunchSpec.Network network(
            Container container, @Nullable Endpoint endpoint, @Nullable Path sharedNetwork) {
        if (endpoint != null) {
            return new LaunchSpec.Network(endpoint.connect(), endpoint.inside(), null);
        }
        if (sharedNetwork != null) {
            return new LaunchSpec.Network(List.of(), List.of(), sharedNetwork);
        }
        return NetworkMode.of(container.hostConfig()) instanceof NetworkMode.None
                ? new LaunchSpec.Network(List.of(), Bridge.loopbackSteps(), null)
                : LaunchSpec.Network.NONE;
    }

    private static Container.Attachment remembered(Endpoint endpoint) {
        return new Container.Attachment(
                endpoint.networkId(),
                endpoint.endpointId(),
                endpoint.address(),
                endpoint.prefix(),
                endpoint.gateway(),
                endpoint.macAddress());
    }

    private static void etcFiles(Live live, @Nullable Endpoint endpoint) throws IOException {
        Container container = live.container;
        HostConfig host = container.hostConfig();
        boolean hostNetwork = NetworkMode.of(host) instanceof NetworkMode.Host;
        List<String> extra = host.extraHosts() == null ? List.of() : host.extraHosts();
        if (hostNetwork) {
            EtcFiles.hostsOfHost(live.files.hosts(), extra);
        } else {
            EtcFiles.hosts(
                    live.files.hosts(),
                    container.config().hostname(),
                    container.config().domainname(),
                    endpoint == null ? null : endpoint.address(),
                    extra);
        }
        EtcFiles.hostname(live.files.hostname(), container.config().hostname());
        EtcFiles.resolvConf(
                live.files.resolvConf(),
                hostNetwork,
                host.dns() == null ? List.of() : host.dns(),
                host.dnsSearch() == null ? List.of() : host.dnsSearch(),
                host.dnsOptions() == null ? List.of() : host.dnsOptions());
    }

    /** Reads reports until the process runs; connects the waiting attachments as soon as the shim listens. */
    private static LifeState.Running awaitStart(Live live, ShimConnection shim, LaunchPlan plan) throws IOException {
        Report report = shim.next();
        if (report instanceof Report.Pid pid) {
            for (Attachment attachment : live.waiting) {
                attachment.connectOrAbandon(live.files.shim());
            }
            live.waiting.clear();
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

    /** A start that failed: everything is given back, and the record says why. */
    private void failedLocked(Live live, @Nullable Endpoint endpoint, Problem problem) {
        for (Attachment attachment : live.waiting) {
            attachment.abandon();
        }
        live.waiting.clear();
        if (endpoint != null) {
            bridge.release(endpoint.address());
        }
        release(live);
        if (problem instanceof Problem.LaunchFailed failed) {
            int code = failed.fault().exitCode();
            live.lastExitCode = code;
            String error = failed.text();
            live.container = live.container.withState(
                    live.container.state() instanceof LifeState.Exited exited
                            ? new LifeState.Exited(code, false, error, exited.startedAt(), exited.finishedAt())
                            : new LifeState.Created(code, error));
            records.save(live.container, live.files);
        }
    }

    private void watch(Live live, ShimConnection shim, AutoRemoval removal) {
        Thread.ofVirtual().name("watch-" + live.container.shortId()).start(() -> {
            Report.Exited exited = null;
            try {
                Report report = shim.next();
                while (report != null && exited == null) {
                    if (report instanceof Report.Exited end) {
                        exited = end;
                    } else {
                        report = shim.next();
                    }
                }
            } catch (IOException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "connection to the shim of {0}: {1}",
                        live.container.id(),
                        e.getMessage());
            }
            shim.close();
            ended(live, exited == null ? lost(live) : exited, removal);
        });
    }

    /** The shim is gone without a word: its exit file tells, or else nobody does, and what is left is killed. */
    private Report.Exited lost(Live live) {
        Report.Exited recorded = ExitFile.read(live.files.shim());
        if (recorded != null) {
            return recorded;
        }
        if (live.container.state() instanceof LifeState.Running running && running.startTime() >= 0) {
            Processes.killExactly(running.pid(), running.startTime(), Processes.SIGKILL);
        }
        killRest(live.container.id());
        return new Report.Exited(LOST, 0, clock.instant());
    }

    private void ended(Live live, Report.Exited exited, AutoRemoval removal) {
        Phases phases = new Phases("end");
        boolean outOfMemory = cgroups.outOfMemory(live.container.id());
        Container.Attachment network;
        boolean remove;
        live.lock.lock();
        try {
            Container before = live.container;
            Instant startedAt = before.state() instanceof LifeState.Running running ? running.startedAt() : exited.at();
            network = before.network();
            remove = before.hostConfig().autoRemove();
            live.shim = null;
            live.exits++;
            live.lastExitCode = exited.code();
            live.tearingDown = true;
            live.container = before.ended(new LifeState.Exited(exited.code(), outOfMemory, "", startedAt, exited.at()));
            if (outOfMemory) {
                event(live, "oom");
            }
            Map<String, String> more = new LinkedHashMap<>();
            more.put("exitCode", Integer.toString(exited.code()));
            event(live, "die", more);
            for (ExecProcess exec : live.execs.values()) {
                exec.running = false;
            }
            live.changed.signalAll();
        } finally {
            live.lock.unlock();
        }
        phases.done("tell");
        // Whoever waits knows already; what follows takes time and may.
        if (network != null) {
            bridge.release(network.address());
            events.publish(
                    "network",
                    "disconnect",
                    network.networkId(),
                    Map.of("container", live.container.id(), "name", "bridge", "type", "bridge"));
        }
        if (!remove) {
            records.save(live.container, live.files);
        }
        release(live);
        phases.done("release");
        live.lock.lock();
        try {
            live.tearingDown = false;
            live.changed.signalAll();
        } finally {
            live.lock.unlock();
        }
        if (remove) {
            removal.remove(live);
            phases.done("remove");
        }
        phases.log();
    }

    /** Root, cgroups and runtime directory of a run that is over. */
    void release(Live live) {
        String id = live.container.id();
        if (!cgroups.remove(id)) {
            killRest(id);
        }
        try {
            layers.unmount(id);
        } catch (LinuxException | EngineException e) {
            LOG.log(System.Logger.Level.WARNING, "root of container {0} stays mounted: {1}", id, e.getMessage());
        }
        deleteRuntime(live.files.shim());
        for (String exec : List.copyOf(live.execs.keySet())) {
            deleteRuntime(live.files.exec(exec));
        }
    }

    /** Processes that outlive pid 1 exist only where the pid namespace is the host's; the cgroup finds them. */
    private void killRest(String id) {
        long deadline = System.nanoTime() + 2_000_000_000L;
        while (!cgroups.remove(id) && System.nanoTime() < deadline) {
            for (int pid : cgroups.processes(id)) {
                try {
                    Processes.kill(pid, Processes.SIGKILL);
                } catch (LinuxException gone) {
                    // Between the list and the signal it ended by itself.
                }
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    void endStray(String id, Path shim) {
        killRest(id);
        deleteRuntime(shim);
    }

    static void deleteRuntime(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "runtime directory {0} stays: {1}", directory, e.getMessage());
        }
    }

    /**
     * After a restart of the daemon: a container whose shim lives is running, whatever the record says; one that the record shows running
     * but whose shim is gone has ended meanwhile.
     */
    void adopt(Live live, AutoRemoval removal) {
        ShimConnection shim = reconnect(live);
        if (shim == null) {
            boolean wasRunning = live.container.running();
            if (wasRunning || ExitFile.read(live.files.shim()) != null) {
                ended(live, lost(live), removal);
            } else {
                release(live);
                // Also one that has not been started: as with Docker, and its end may be what a power cut has undone.
                if (live.container.hostConfig().autoRemove()) {
                    removal.remove(live);
                }
            }
            return;
        }
        watch(live, shim, removal);
    }

    private @Nullable ShimConnection reconnect(Live live) {
        Path directory = live.files.shim();
        if (!Files.exists(directory.resolve("shim.sock"))) {
            return null;
        }
        ShimConnection shim = null;
        try {
            shim = ShimConnection.open(directory);
            if (shim.next() instanceof Report.Pid pid && shim.next() instanceof Report.Started started) {
                adopted(live, shim, new LifeState.Running(pid.pid(), pid.startTime(), started.at()));
                return shim;
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.INFO, "shim of {0} does not answer: {1}", live.container.id(), e.getMessage());
        }
        if (shim != null) {
            shim.close();
        }
        return null;
    }

    private void adopted(Live live, ShimConnection shim, LifeState.Running running) {
        live.lock.lock();
        try {
            live.shim = shim;
            Container.Attachment network = live.container.network();
            if (network != null) {
                bridge.reserve(network.address());
            }
            live.container = live.container.started(running, network);
            records.save(live.container, live.files);
        } finally {
            live.lock.unlock();
        }
    }

    void event(Live live, String action) {
        event(live, action, Map.of());
    }

    void event(Live live, String action, Map<String, String> more) {
        Map<String, String> attributes = ContainerViews.attributes(live.container);
        attributes.putAll(more);
        events.publish("container", action, live.container.id(), attributes);
    }

    List<Integer> processes(String id) {
        return cgroups.processes(id);
    }

    String newId() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
