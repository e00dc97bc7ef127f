package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.Freezer;
import java.io.IOException;

/**
 * Containers whose processes stand still: those that somebody has paused, and those that are being committed. The record of a pause is
 * written while they already stand still, and taken back while they still do; so what stands still without one was being committed.
 */
final class Pauses {
    private final Roster roster;
    private final Freezer freezer;
    private final ContainerRecords records;
    private final ContainerEvents events;

    Pauses(Roster roster, Freezer freezer, ContainerRecords records, ContainerEvents events) {
        this.roster = roster;
        this.freezer = freezer;
        this.records = records;
        this.events = events;
    }

    /** After a restart of the daemon: what is recorded as paused stays so, and what was being committed goes on. */
    void takeUp() {
        for (Live live : roster.lives()) {
            if (!live.container.running()) {
                continue;
            }
            if (!live.container.paused()) {
                freezer.thaw(live.container.id());
            } else if (!standsStill(live.container.id())) {
                record(live, false);
            }
        }
    }

    private boolean standsStill(String id) {
        try {
            return freezer.frozen(id);
        } catch (IOException gone) {
            return false;
        }
    }

    /**
     * @param ref what the message calls it
     * @throws cairn.engine.error.EngineException ContainerPaused; {@code verb} as there
     */
    static void refuse(Live live, String ref, String verb) {
        if (live.container.paused()) {
            throw new Problem.ContainerPaused(ref, verb).exception();
        }
    }

    void pause(String ref) {
        Live live = roster.find(ref);
        live.lock.lock();
        try {
            if (live.container.state() instanceof LifeState.Restarting) {
                throw new Problem.ContainerRestarting(live.container.id()).exception();
            }
            if (!live.container.running() || live.killed) {
                throw new Problem.NotRunning(ref, live.container.id(), "pause").exception();
            }
            refuse(live, live.container.id(), "pause");
            freezer.freeze(live.container.id());
            record(live, true);
            events.tell(live, "pause");
        } finally {
            live.lock.unlock();
        }
    }

    void unpause(String ref) {
        Live live = roster.find(ref);
        live.lock.lock();
        try {
            if (!live.container.paused()) {
                throw new Problem.NotPaused(live.container.id()).exception();
            }
            goOnLocked(live);
        } finally {
            live.lock.unlock();
        }
    }

    private void goOnLocked(Live live) {
        record(live, false);
        if (live.standstills == 0) {
            freezer.thaw(live.container.id());
        }
        events.tell(live, "unpause");
        live.changed.signalAll();
    }

    private void record(Live live, boolean paused) {
        if (live.container.state() instanceof LifeState.Running running) {
            live.container = live.container.withState(running.withPaused(paused));
            records.save(live.container, live.files);
        }
    }

    /** As dockerd: what is sent to end a container lets it go on, for otherwise it would not take it; other signals wait. */
    void signalledLocked(Live live, int signal) {
        String configured = live.container.config().stopSignal();
        boolean ends = signal == Signals.KILL || configured.isEmpty() || Signals.parse(configured) == signal;
        if (ends && live.container.paused()) {
            goOnLocked(live);
        }
        if (signal == Signals.KILL && live.standstills > 0) {
            freezer.thaw(live.container.id());
        }
    }

    /** Its processes stand still until {@link #letGo}; false if it does not run. */
    boolean hold(Live live) {
        live.lock.lock();
        try {
            if (!live.container.running() || live.killed) {
                return false;
            }
            if (live.standstills == 0 && !live.container.paused()) {
                freezer.freeze(live.container.id());
                events.tell(live, "pause");
            }
            live.standstills++;
            return true;
        } finally {
            live.lock.unlock();
        }
    }

    void letGo(Live live) {
        live.lock.lock();
        try {
            if (--live.standstills == 0 && !live.container.paused()) {
                freezer.thaw(live.container.id());
                events.tell(live, "unpause");
                live.changed.signalAll();
            }
        } finally {
            live.lock.unlock();
        }
    }
}
