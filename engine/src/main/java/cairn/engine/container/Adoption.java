package cairn.engine.container;

import cairn.engine.launch.CgroupTree;
import cairn.engine.launch.Report;
import cairn.engine.launch.ShimConnection;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Takes up the containers of the daemon before this one. */
final class Adoption {
    private static final System.Logger LOG = System.getLogger(Adoption.class.getName());

    private final ContainerNetworks networks;
    private final ContainerNames names;
    private final ContainerPorts ports;
    private final CgroupTree cgroups;
    private final ContainerRecords records;
    private final Leftovers leftovers;
    private final ContainerVolumes volumes;
    private final Endings endings;
    private final Removal removal;
    private final BackOff backOff;
    private final Runner runner;
    private final HealthChecks health;
    private final OldLogs oldLogs;

    Adoption(
            ContainerNetworks networks,
            ContainerNames names,
            ContainerPorts ports,
            CgroupTree cgroups,
            ContainerRecords records,
            Leftovers leftovers,
            ContainerVolumes volumes,
            Endings endings,
            Removal removal,
            BackOff backOff,
            Runner runner,
            HealthChecks health,
            OldLogs oldLogs) {
        this.networks = networks;
        this.names = names;
        this.ports = ports;
        this.cgroups = cgroups;
        this.records = records;
        this.leftovers = leftovers;
        this.volumes = volumes;
        this.endings = endings;
        this.removal = removal;
        this.backOff = backOff;
        this.runner = runner;
        this.health = health;
        this.oldLogs = oldLogs;
    }

    /**
     * After a restart of the daemon: a container whose shim lives is running, whatever the record says; one that the record shows running
     * but whose shim is gone has ended meanwhile.
     */
    void adopt(Live live) {
        oldLogs.compress(live);
        cgroups.place(live.container.id(), live.container.hostConfig().cgroupParent());
        ShimConnection shim = reconnect(live);
        if (shim == null) {
            boolean wasRunning = live.container.running();
            if (wasRunning || ExitFile.read(live.files.shim()) != null) {
                endings.lost(live, runner::startLocked);
            } else {
                // What a start that was cut short had taken.
                live.container = live.container.disconnected();
                leftovers.release(live);
                // Also one that has not been started: as with Docker, and its end may be what a power cut has undone.
                if (live.container.hostConfig().autoRemove()) {
                    removal.afterEnd(live);
                } else {
                    backOff.atStart(live, runner::startLocked);
                }
            }
            return;
        }
        endings.watch(live, shim, runner::startLocked);
    }

    /**
     * Processes of execs that the daemon before has started live on; nobody can ask for them any more, and their directories go when they
     * end.
     */
    void followExecs(Path directories) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directories)) {
            for (Path directory : found) {
                Thread.ofVirtual().name("watch-exec-old").start(() -> {
                    try (ShimConnection shim = ShimConnection.open(directory)) {
                        Report report = shim.next();
                        while (report != null) {
                            report = shim.next();
                        }
                    } catch (IOException e) {
                        // It has ended.
                    }
                    Leftovers.deleteRuntime(directory);
                });
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "execs of the daemon before: {0}", e.getMessage());
        }
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
            volumes.resume(live.container);
            networks.resume(live.container);
            names.serve(live, running.pid(), running.startTime());
            ports.resume(live.container);
            boolean recorded = live.container.state() instanceof LifeState.Running before
                    && before.pid() == running.pid()
                    && before.startedAt().equals(running.startedAt());
            live.container = live.container.started(running.withPaused(live.container.paused()));
            health.goOnLocked(live);
            if (!recorded) {
                records.save(live.container, live.files);
            }
        } finally {
            live.lock.unlock();
        }
    }
}
