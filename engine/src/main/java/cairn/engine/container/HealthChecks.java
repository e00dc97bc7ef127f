package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.wire.container.ExecConfig;
import cairn.wire.container.Health;
import cairn.wire.container.HealthcheckResult;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Asks running containers whether they are well. Each that wants it has a virtual thread that sleeps between the probes; a probe is an exec
 * like any other.
 */
final class HealthChecks {
    private static final System.Logger LOG = System.getLogger(HealthChecks.class.getName());

    private final Execs execs;
    private final ContainerRecords records;
    private final ContainerEvents events;
    private final Clock clock;

    HealthChecks(Execs execs, ContainerRecords records, ContainerEvents events, Clock clock) {
        this.execs = execs;
        this.records = records;
        this.events = events;
        this.clock = clock;
    }

    /** A run has begun; called with the lock held. */
    void beginLocked(Live live) {
        if (live.container.config().healthcheck() == null) {
            return;
        }
        HealthRule rule = HealthRule.of(live.container.config());
        if (rule != null) {
            live.container = live.container.withHealth(Healths.begin(live.container.health()));
            follow(live, rule);
        }
    }

    /** A run goes on under a new daemon, with the health that it had; called with the lock held. */
    void goOnLocked(Live live) {
        HealthRule rule = HealthRule.of(live.container.config());
        if (rule != null) {
            if (live.container.health() == null) {
                live.container = live.container.withHealth(Healths.begin(null));
            }
            follow(live, rule);
        }
    }

    private void follow(Live live, HealthRule rule) {
        long run = live.exits;
        Thread.ofVirtual().name("health-" + live.container.shortId()).start(() -> {
            try {
                while (awaitNext(live, rule, run)) {
                    Instant start = clock.instant();
                    HealthcheckResult result = new HealthProbe(execs, clock, rule).run(live.container.id(), start);
                    record(live, rule, run, start, result);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "health checks of " + live.container.id() + " end", e);
            }
        });
    }

    /** Sleeps until the next probe is due; false when the run is over. While the container is paused the time stands still. */
    private boolean awaitNext(Live live, HealthRule rule, long run) throws InterruptedException {
        live.lock.lock();
        try {
            long due = due(live, rule);
            while (live.exits == run && !live.removed && live.container.state() instanceof LifeState.Running) {
                if (live.standsStill()) {
                    live.changed.await();
                    due = due(live, rule);
                    continue;
                }
                long left = due - System.nanoTime();
                if (left <= 0) {
                    return true;
                }
                long _ = live.changed.awaitNanos(left);
            }
            return false;
        } finally {
            live.lock.unlock();
        }
    }

    private long due(Live live, HealthRule rule) {
        Duration age = live.container.state() instanceof LifeState.Running running
                ? Duration.between(running.startedAt(), clock.instant())
                : Duration.ZERO;
        Health health = live.container.health();
        return System.nanoTime()
                + rule.pause(age, health == null || health.status().equals(Healths.STARTING))
                        .toNanos();
    }

    private void record(Live live, HealthRule rule, long run, Instant start, HealthcheckResult result) {
        live.lock.lock();
        try {
            if (live.exits != run || !(live.container.state() instanceof LifeState.Running running)) {
                return; // It was cut short by the end of the container.
            }
            Health before = Objects.requireNonNullElseGet(live.container.health(), () -> Healths.begin(null));
            boolean early = Duration.between(running.startedAt(), start).compareTo(rule.startPeriod()) < 0;
            Health after = Healths.after(before, result, early, rule.retries());
            live.container = live.container.withHealth(after);
            if (!after.status().equals(before.status())) {
                // Only changes are written down, so that a probe costs no write.
                records.save(live.container, live.files);
                events.tell(live, "health_status: " + after.status());
                live.changed.signalAll();
            }
        } finally {
            live.lock.unlock();
        }
    }

    /** One question to a container. */
    private record HealthProbe(Execs execs, Clock clock, HealthRule rule) {
        private static final int FAILED = -1;

        HealthcheckResult run(String container, Instant start) throws InterruptedException {
            ExecConfig config =
                    new ExecConfig("", false, false, null, false, true, true, false, "", null, "", rule.command());
            try {
                String exec = execs.create(container, config);
                Attachment attachment = Objects.requireNonNull(execs.start(exec, false, null));
                ProbeOutput output = new ProbeOutput();
                boolean late = !readInTime(exec, attachment, output);
                execs.awaitEnd(exec, rule.timeout().toMillis());
                Integer code = execs.inspect(exec).exitCode();
                if (late) {
                    return result(start, FAILED, lateText(output.text()));
                }
                return result(start, code == null ? FAILED : code, output.text());
            } catch (IOException e) {
                return result(start, FAILED, String.valueOf(e.getMessage()));
            } catch (EngineException e) {
                return result(start, FAILED, text(e));
            }
        }

        private HealthcheckResult result(Instant start, int code, String output) {
            return new HealthcheckResult(start.toString(), clock.instant().toString(), code, output);
        }

        /** False when the time was over first; the probe is killed then. */
        private boolean readInTime(String exec, Attachment attachment, ProbeOutput output)
                throws IOException, InterruptedException {
            boolean[] late = {false};
            Thread watch = Thread.ofVirtual().name("health-timeout").start(() -> {
                try {
                    Thread.sleep(rule.timeout());
                    late[0] = true;
                    execs.kill(exec);
                } catch (InterruptedException e) {
                    // The probe has ended in time.
                }
            });
            try (attachment) {
                output.read(attachment.await());
            } finally {
                watch.interrupt();
                watch.join();
            }
            return !late[0];
        }

        private String lateText(String output) {
            String text = "Health check exceeded timeout (" + goDuration(rule.timeout()) + ")";
            return output.isEmpty() ? text : text + ": " + output;
        }

        private static String text(EngineException e) {
            return e.problem() instanceof Problem.ExecFailed failed
                    ? "OCI runtime exec failed: exec failed: unable to start container process: "
                            + failed.launch().text() + ": unknown"
                    : String.valueOf(e.getMessage());
        }

        /** As Go prints it: {@code 1m30s}, {@code 500ms}. */
        static String goDuration(Duration duration) {
            long millis = duration.toMillis();
            if (millis < 1000) {
                return millis + "ms";
            }
            String seconds = new java.math.BigDecimal(millis % 60_000)
                            .movePointLeft(3)
                            .stripTrailingZeros()
                            .toPlainString()
                    + "s";
            long minutes = millis / 60_000;
            if (minutes == 0) {
                return seconds;
            }
            return minutes < 60 ? minutes + "m" + seconds : minutes / 60 + "h" + minutes % 60 + "m" + seconds;
        }
    }
}
