package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.image.LastUsed;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Start, stop, restart and kill. */
final class Lifecycle {
    private final Roster roster;
    private final Runner runner;
    private final Stops stops;
    private final Removal removal;
    private final LastUsed lastUsed;
    private final ContainerEvents events;

    Lifecycle(Roster roster, Runner runner, Stops stops, Removal removal, LastUsed lastUsed, ContainerEvents events) {
        this.roster = roster;
        this.runner = runner;
        this.stops = stops;
        this.removal = removal;
        this.lastUsed = lastUsed;
        this.events = events;
    }

    void start(String ref) {
        Live live = roster.find(ref);
        boolean failed = true;
        live.lock.lock();
        try {
            if (live.removing || live.removed) {
                throw new Problem.MarkedForRemoval(live.container.id()).exception();
            }
            while (live.tearingDown) {
                live.changed.await();
            }
            if (live.container.running()) {
                failed = false;
                Pauses.refuse(live, ref, "start");
                throw new Problem.NotModified().exception();
            }
            runner.startLocked(live);
            lastUsed.note(live.container.image());
            failed = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem.Internal("interrupted while container " + ref + " was started").exception(e);
        } finally {
            live.lock.unlock();
            if (failed && live.container.hostConfig().autoRemove()) {
                removal.afterEnd(live);
            }
        }
    }

    /** @param seconds until SIGKILL; null for the container's own or the default, negative for never */
    void stop(String ref, @Nullable Integer seconds, @Nullable String signal) {
        Live live = roster.find(ref);
        live.lock.lock();
        try {
            if (!live.container.running()) {
                throw new Problem.NotModified().exception();
            }
            stops.stopLocked(live, seconds, signal);
            events.tell(live, "stop");
        } finally {
            live.lock.unlock();
        }
    }

    void restart(String ref, @Nullable Integer seconds, @Nullable String signal) {
        Live live = roster.find(ref);
        live.lock.lock();
        try {
            if (live.container.running()) {
                if (live.container.hostConfig().autoRemove()) {
                    live.removing = true; // Keeps the record over the gap, as Docker does.
                }
                stops.stopLocked(live, seconds, signal);
                events.tell(live, "stop");
                live.removing = false;
            }
            runner.startLocked(live);
            events.tell(live, "restart");
        } finally {
            live.lock.unlock();
        }
    }

    void kill(String ref, @Nullable String signal) {
        int number = signal == null || signal.isEmpty() ? Signals.KILL : Signals.parse(signal);
        Live live = roster.find(ref);
        live.lock.lock();
        try {
            if (!live.container.running()) {
                throw new Problem.NotRunning(ref, live.container.id(), "kill").exception();
            }
            long exits = live.exits;
            stops.signalLocked(live, number);
            // SIGKILL cannot be missed: answer once it has taken effect, as Docker does.
            if (number == Signals.KILL) {
                Stops.awaitExit(live, exits, TimeUnit.SECONDS.toNanos(Stops.DEFAULT_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            live.lock.unlock();
        }
    }
}
