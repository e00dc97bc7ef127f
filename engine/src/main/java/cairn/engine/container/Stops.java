package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.ShimConnection;
import cairn.wire.container.StopRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Signals to a running container, and the wait for its end. All methods want the container's lock held. */
final class Stops {
    static final int DEFAULT_SECONDS = 10;
    /** So many are remembered; somebody may send signals all day. */
    private static final int REQUESTS = 16;

    private final Pauses pauses;
    private final ContainerRecords records;
    private final BackOff backOff;
    private final ContainerEvents events;
    private final Clock clock;

    Stops(Pauses pauses, ContainerRecords records, BackOff backOff, ContainerEvents events, Clock clock) {
        this.pauses = pauses;
        this.records = records;
        this.backOff = backOff;
        this.events = events;
        this.clock = clock;
    }

    /** Returns when the container has ended and its teardown is over. @param seconds and @param signal as for {@link Lifecycle#stop} */
    void stopLocked(Live live, String action, @Nullable Integer seconds, @Nullable String signal) {
        Container container = live.container;
        String wanted = signal != null && !signal.isEmpty()
                ? signal
                : container.config().stopSignal();
        Integer configured = seconds != null ? seconds : container.config().stopTimeout();
        int timeout = configured == null ? DEFAULT_SECONDS : configured;
        long exits = live.exits;
        try {
            int number = wanted.isEmpty() ? Signals.TERM : Signals.parse(wanted);
            finalLocked(live);
            signalLocked(live, action, number, 0);
            if (!awaitExit(live, exits, timeout < 0 ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(timeout))) {
                signalLocked(live, action, Signals.KILL, timeout);
                awaitExit(live, exits, Long.MAX_VALUE);
            }
            while (live.tearingDown) {
                live.changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem.Internal("interrupted while container " + container.id() + " was stopped").exception(e);
        }
    }

    /** From now on the container's policy does not start it again, and remembers that somebody wants it to stand still. */
    void finalLocked(Live live) {
        Container container = live.container;
        live.container = container.withRestarts(container.restarts().stopped());
        backOff.cancelLocked(live);
        // Nobody else needs it before the end is recorded.
        if (RestartRule.of(container.hostConfig()).when() == RestartRule.When.UNLESS_STOPPED) {
            records.save(live.container, live.files);
        }
    }

    /** Whether it has ended in time. @param exits how often it had before */
    static boolean awaitExit(Live live, long exits, long nanos) throws InterruptedException {
        long left = nanos;
        while (live.exits == exits && left > 0) {
            left = live.changed.awaitNanos(left);
        }
        return live.exits != exits;
    }

    /** Tells the shim, which has not reaped the process yet, so that nobody else can be hit. */
    void signalLocked(Live live, String action, int signal, int afterSeconds) {
        ShimConnection shim = live.shim;
        if (shim == null) {
            return;
        }
        try {
            shim.signal(signal);
            live.killed |= signal == Signals.KILL;
            if (live.requests.size() < REQUESTS) {
                live.requests.add(new StopRequest(clock.instant().toString(), action, signal, afterSeconds));
            }
        } catch (IOException e) {
            return; // It has just ended; the watcher reports it.
        }
        events.tell(live, "kill", Map.of("signal", Integer.toString(signal)));
        pauses.signalledLocked(live, signal);
    }
}
