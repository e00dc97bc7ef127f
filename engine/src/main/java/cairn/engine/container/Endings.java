package cairn.engine.container;

import cairn.engine.launch.CgroupTree;
import cairn.engine.launch.Report;
import cairn.engine.launch.ShimConnection;
import cairn.linux.Processes;
import cairn.wire.container.ExitCause;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The end of a run: waits for it, tells it, and gives back what the run has used. */
final class Endings {
    private static final System.Logger LOG = System.getLogger(Endings.class.getName());
    private static final int LOST = 255; // what Docker reports for an end that nobody saw

    private final ContainerNetworks networks;
    private final ContainerPorts ports;
    private final CgroupTree cgroups;
    private final ContainerRecords records;
    private final Leftovers leftovers;
    private final ContainerVolumes volumes;
    private final Removal removal;
    private final BackOff backOff;
    private final ContainerEvents events;
    private final OldLogs oldLogs;
    private final Clock clock;

    Endings(
            ContainerNetworks networks,
            ContainerPorts ports,
            CgroupTree cgroups,
            ContainerRecords records,
            Leftovers leftovers,
            ContainerVolumes volumes,
            Removal removal,
            BackOff backOff,
            ContainerEvents events,
            OldLogs oldLogs,
            Clock clock) {
        this.networks = networks;
        this.ports = ports;
        this.cgroups = cgroups;
        this.records = records;
        this.leftovers = leftovers;
        this.volumes = volumes;
        this.removal = removal;
        this.backOff = backOff;
        this.events = events;
        this.oldLogs = oldLogs;
        this.clock = clock;
    }

    /** Follows a run to its end, on a thread of its own. */
    void watch(Live live, ShimConnection shim, BackOff.Start again) {
        Thread.ofVirtual().name("watch-" + live.container.shortId()).start(() -> {
            Report.Exited exited = null;
            try {
                Report report = shim.next();
                while (report != null && exited == null) {
                    if (report instanceof Report.Exited end) {
                        exited = end;
                    } else {
                        if (report instanceof Report.Rotated) {
                            oldLogs.compress(live);
                        }
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
            if (exited == null) {
                lost(live, again);
            } else {
                ended(live, exited, true, again);
            }
        });
    }

    /** The shim is gone without a word: its exit file tells, or else nobody does, and what is left is killed. */
    void lost(Live live, BackOff.Start again) {
        Report.Exited recorded = ExitFile.read(live.files.shim());
        if (recorded != null) {
            ended(live, recorded, true, again);
            return;
        }
        if (live.container.state() instanceof LifeState.Running running && running.startTime() >= 0) {
            Processes.killExactly(running.pid(), running.startTime(), Processes.SIGKILL);
        }
        leftovers.killRest(live.container.id());
        ended(live, new Report.Exited(LOST, 0, clock.instant()), false, again);
    }

    /** @param seen whether somebody was there to see it; @param again how the container is started if its policy wants that */
    private void ended(Live live, Report.Exited exited, boolean seen, BackOff.Start again) {
        Phases phases = new Phases("end");
        long oomKills = cgroups.oomKills(live.container.id());
        boolean outOfMemory = oomKills > 0;
        List<Membership> places;
        boolean remove;
        boolean more;
        live.lock.lock();
        try {
            Container before = live.container;
            Instant startedAt = before.state() instanceof LifeState.Running running ? running.startedAt() : exited.at();
            places = before.networks();
            remove = before.hostConfig().autoRemove();
            live.shim = null;
            live.exits++;
            live.lastExitCode = exited.code();
            live.tearingDown = true;
            Duration ran = Duration.between(startedAt, exited.at());
            more = BackOff.wanted(live, exited.code());
            if (more) {
                live.pause = BackOff.next(live.pause, ran);
                live.container = before.ended(
                                new LifeState.Restarting(exited.code(), outOfMemory, startedAt, exited.at()))
                        .withRestarts(before.restarts().oneMore());
            } else {
                live.container =
                        before.ended(new LifeState.Exited(exited.code(), outOfMemory, "", startedAt, exited.at()));
            }
            live.container = live.container.withCause(
                    new ExitCause(exited.signal(), oomKills, !seen, List.copyOf(live.requests)));
            if (outOfMemory) {
                events.tell(live, "oom");
            }
            Map<String, String> attributes = new LinkedHashMap<>();
            attributes.put("execDuration", Long.toString(Math.max(0, ran.toSeconds())));
            attributes.put("exitCode", Integer.toString(exited.code()));
            events.tell(live, "die", attributes);
            for (ExecProcess exec : live.execs.values()) {
                exec.running = false;
            }
            live.changed.signalAll();
        } finally {
            live.lock.unlock();
        }
        phases.done("tell");
        // Whoever waits knows already; what follows takes time and may.
        ports.withdraw(live.container.id());
        networks.release(live.container.id(), places);
        networks.tell(live.container.id(), places, "disconnect");
        if (!remove) {
            records.save(live.container, live.files);
        }
        leftovers.release(live);
        volumes.unmount(live.container, true);
        phases.done("release");
        live.lock.lock();
        try {
            live.tearingDown = false;
            remove &= !live.kept;
            if (more && live.pause != null) {
                backOff.begin(live, live.pause, again);
            }
            live.changed.signalAll();
        } finally {
            live.lock.unlock();
        }
        if (remove) {
            removal.afterEnd(live);
            phases.done("remove");
        }
        phases.log();
    }
}
