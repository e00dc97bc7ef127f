package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts containers again as their policies want it, after a pause that doubles from 100 ms to a minute, as Docker's does. */
final class BackOff {
    private static final System.Logger LOG = System.getLogger(BackOff.class.getName());

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    /** A run of this length makes the next pause the first again. */
    private static final Duration GOOD_RUN = Duration.ofSeconds(10);

    private final ContainerRecords records;
    /** Starts that wait until all containers of the daemon before are taken up; null from then on. */
    private @Nullable List<Runnable> early = new ArrayList<>();

    BackOff(ContainerRecords records) {
        this.records = records;
    }

    /** Brings a container's process up; called with its lock held. */
    @FunctionalInterface
    interface Start {
        void startLocked(Live live);
    }

    /** Whether the policy wants a run that has ended to be followed by another; called with the lock held. */
    static boolean wanted(Live live, int exitCode) {
        Container container = live.container;
        return !live.restartCancelled
                && !live.removing
                && RestartRule.of(container.hostConfig()).wants(exitCode, container.restarts());
    }

    /** @param pause the last one, null when there was none; @param ran how long the run was that has ended */
    static Duration next(@Nullable Duration pause, Duration ran) {
        if (pause == null || ran.compareTo(GOOD_RUN) >= 0) {
            return FIRST;
        }
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST) > 0 ? LONGEST : twice;
    }

    /** From now on containers may be started: before, the addresses of others might be taken away from them. */
    void open() {
        List<Runnable> waiting;
        synchronized (this) {
            waiting = early == null ? List.of() : early;
            early = null;
        }
        waiting.forEach(Runnable::run);
    }

    private synchronized boolean isEarly(Runnable begin) {
        return early != null && early.add(begin);
    }

    /** Of a container that does not run when the daemon begins: what its policy wants then. */
    void atStart(Live live, Start start) {
        live.lock.lock();
        try {
            Container container = live.container;
            if (container.state() instanceof LifeState.Exited exited && wanted(live, exited.exitCode())) {
                live.container = container
                        .withState(new LifeState.Restarting(
                                exited.exitCode(), exited.outOfMemory(), exited.startedAt(), exited.finishedAt()))
                        .withRestarts(Restarts.NONE);
                begin(live, Duration.ZERO, start);
            }
        } finally {
            live.lock.unlock();
        }
    }

    /** Waits, then starts it; on a thread of its own. A stop or a removal meanwhile ends the wait. */
    void begin(Live live, Duration pause, Start start) {
        if (!isEarly(() -> run(live, pause, start))) {
            run(live, pause, start);
        }
    }

    private void run(Live live, Duration pause, Start start) {
        Thread.ofVirtual().name("restart-" + live.container.shortId()).start(() -> {
            live.lock.lock();
            try {
                long left = pause.toNanos();
                while (left > 0 && live.container.state() instanceof LifeState.Restarting) {
                    left = live.changed.awaitNanos(left);
                }
                while (live.writers > 0 && live.container.state() instanceof LifeState.Restarting) {
                    live.changed.await();
                }
                // Else somebody has stopped or removed it, and perhaps started it again.
                if (live.container.state() instanceof LifeState.Restarting) {
                    start.startLocked(live);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (EngineException e) {
                LOG.log(System.Logger.Level.ERROR, "restart of {0}: {1}", live.container.id(), e.problem());
                standStill(
                        live,
                        e.problem() instanceof Problem.LaunchFailed failed
                                ? failed.text()
                                : String.valueOf(e.getMessage()));
            } finally {
                live.lock.unlock();
            }
        });
    }

    /** No further run: what was between two of them has ended with the last. */
    private void standStill(Live live, String error) {
        if (live.container.state() instanceof LifeState.Restarting waiting) {
            live.container = live.container.withState(new LifeState.Exited(
                    waiting.exitCode(), waiting.outOfMemory(), error, waiting.startedAt(), waiting.finishedAt()));
            if (!live.removed) {
                records.save(live.container, live.files);
            }
        }
        live.exits++;
        live.changed.signalAll();
    }

    /** Makes an end final: a run that ends is not followed by another, a pause ends at once. Called with the lock held. */
    void cancelLocked(Live live) {
        live.restartCancelled = true;
        if (live.container.state() instanceof LifeState.Restarting) {
            standStill(live, "");
        }
        live.changed.signalAll();
    }
}
