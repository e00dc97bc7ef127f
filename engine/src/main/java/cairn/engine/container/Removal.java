package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.layer.ReadWriteLayers;
import cairn.linux.LinuxException;

/** The end of a container: its record, its layer and its name. */
final class Removal {
    private final Roster roster;
    private final ReadWriteLayers layers;
    private final ContainerRecords records;
    private final ContainerVolumes volumes;
    private final Stops stops;
    private final BackOff backOff;
    private final ContainerEvents events;

    Removal(
            Roster roster,
            ReadWriteLayers layers,
            ContainerRecords records,
            ContainerVolumes volumes,
            Stops stops,
            BackOff backOff,
            ContainerEvents events) {
        this.roster = roster;
        this.layers = layers;
        this.records = records;
        this.volumes = volumes;
        this.stops = stops;
        this.backOff = backOff;
        this.events = events;
    }

    /** @param withVolumes whether its volumes without a name go with it */
    void remove(String ref, boolean force, boolean withVolumes) {
        Live live = roster.find(ref);
        live.lock.lock();
        try {
            if (live.removed) {
                throw new Problem.NoSuchContainer(ref).exception();
            }
            if (live.removing) {
                throw new Problem.RemovalInProgress(ref).exception();
            }
            if (live.container.active()) {
                if (!force) {
                    throw new Problem.ContainerRunning(
                                    ref, live.container.state().status())
                            .exception();
                }
                live.removing = true;
                backOff.cancelLocked(live);
                stops.signalLocked(live, "rm", Signals.KILL, 0);
            }
            live.removing = true;
            while (live.container.active() || live.tearingDown) {
                live.changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem.Internal("interrupted while container " + ref + " was removed").exception(e);
        } finally {
            live.lock.unlock();
        }
        delete(live, withVolumes);
    }

    /** Of one that is to be removed at its end, unless somebody does already; called without the lock. */
    void afterEnd(Live live) {
        live.lock.lock();
        try {
            if (live.container.active()) {
                return; // It has been started again before this came to it.
            }
            if (live.removing || live.removed) {
                return; // Somebody else is at it, and waits only for the teardown to be over.
            }
            live.removing = true;
        } finally {
            live.lock.unlock();
        }
        delete(live, true);
    }

    /** The record goes first: from then on the container is gone, and a start after a kill sweeps the rest. */
    private void delete(Live live, boolean withVolumes) {
        Container container = live.container;
        try {
            if (!withVolumes) {
                volumes.keep(container);
            }
            records.delete(live.files);
            layers.remove(container.id());
        } catch (LinuxException | EngineException e) {
            live.lock.lock();
            try {
                live.removing = false;
            } finally {
                live.lock.unlock();
            }
            throw e;
        }
        roster.remove(container.id(), container.name());
        volumes.dropped(container, withVolumes);
        events.tell(live, "destroy");
        live.lock.lock();
        try {
            live.removed = true;
            for (Attachment attachment : live.waiting) {
                attachment.abandon();
            }
            live.changed.signalAll();
        } finally {
            live.lock.unlock();
        }
    }
}
