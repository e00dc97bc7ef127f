package cairn.engine.container;

import cairn.engine.error.EngineException;
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
            awaitTeardown(live);
            if (live.container.active()) {
                failed = false;
                Pauses.refuse(live, ref, "start");
                throw new Problem.NotModified().exception();
            }
            startLocked(live);
            failed = false;
        } finally {
            live.lock.unlock();
            if (failed && live.container.hostConfig().autoRemove()) {
                removal.afterEnd(live);
            }
        }
    }

    /** Somebody wants it: what its policy has done before does not count any more. */
    private void startLocked(Live live) {
        if (live.container.damage() != null) {
            throw new Problem.Conflict("container " + live.container.id()
                            + " cannot be started: its record is damaged: " + live.container.damage())
                    .exception();
        }
        live.restartCancelled = false;
        live.pause = null;
        live.container = live.container.withRestarts(Restarts.NONE);
        runner.startLocked(live);
        lastUsed.note(live.container.image());
    }

    private static void awaitTeardown(Live live) {
        try {
            while (live.tearingDown || live.writers > 0) { // Who copies files into it is to be done first.
                live.changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem.Internal("interrupted while container " + live.container.id() + " was started")
                    .exception(e);
        }
        if (live.removing || live.removed) {
            throw new Problem.MarkedForRemoval(live.container.id()).exception();
        }
    }

    /** @param seconds until SIGKILL; null for the container's own or the default, negative for never */
    void stop(String ref, @Nullable Integer seconds, @Nullable String signal) {
        Live live = roster.find(ref);
        live.lock.lock();
        try {
            if (!live.container.active()) {
                throw new Problem.NotModified().exception();
            }
            stops.stopLocked(live, "stop", seconds, signal);
            events.tell(live, "stop");
        } finally {
            live.lock.unlock();
        }
    }

    void restart(String ref, @Nullable Integer seconds, @Nullable String signal) {
        Live live = roster.find(ref);
        boolean failed = true;
        live.lock.lock();
        try {
            if (live.container.active()) {
                live.kept = true; // Keeps the record over the gap, as Docker does.
                try {
                    stops.stopLocked(live, "restart", seconds, signal);
                } finally {
                    live.kept = false;
                }
                events.tell(live, "stop");
            }
            awaitTeardown(live);
            // Somebody else may have started it in the gap.
            if (!live.container.active()) {
                startLocked(live);
            }
            failed = false;
            events.tell(live, "restart");
        } finally {
            live.lock.unlock();
            if (failed
                    && !live.container.active()
                    && live.container.hostConfig().autoRemove()) {
                removal.afterEnd(live);
            }
        }
    }

    void kill(String ref, @Nullable String signal) {
        try {
            killed(ref, signal);
        } catch (EngineException e) {
            throw new Problem.While("cannot kill container: " + ref, e.problem()).exception(e);
        }
    }

    private void killed(String ref, @Nullable String signal) {
        int number = signal == null || signal.isEmpty() ? Signals.KILL : Signals.parse(signal);
        Live live = roster.find(ref);
        live.lock.lock();
        try {
            if (!live.container.active()) {
                throw new Problem.NotRunning(ref, live.container.id(), "kill").exception();
            }
            long exits = live.exits;
            if (endsRestarts(live.container, number)) {
                stops.finalLocked(live);
            }
            stops.signalLocked(live, "kill", number, 0);
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

    /** moby's rule: where a stop signal is configured, that and SIGKILL are meant to end it; elsewhere every signal is. */
    private static boolean endsRestarts(Container container, int signal) {
        String stop = container.config().stopSignal();
        return signal == Signals.KILL || stop.isEmpty() || Signals.parse(stop) == signal;
    }
}
