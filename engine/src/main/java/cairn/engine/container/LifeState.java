package cairn.engine.container;

import java.time.Instant;

/** Where a container is in its life; facts exist only where they are true. */
public sealed interface LifeState {
    /** Never ran. @param exitCode and @param error of a start that failed, else 0 and empty */
    record Created(int exitCode, String error) implements LifeState {}

    /**
     * @param startTime of {@code pid}, field 22 of its stat
     * @param paused whether somebody has asked for its processes to stand still
     */
    record Running(int pid, long startTime, Instant startedAt, boolean paused) implements LifeState {
        /** One that goes on. */
        Running(int pid, long startTime, Instant startedAt) {
            this(pid, startTime, startedAt, false);
        }

        Running withPaused(boolean now) {
            return new Running(pid, startTime, startedAt, now);
        }
    }

    /** Between two runs: the last ended so, and the container's policy starts the next. */
    record Restarting(int exitCode, boolean outOfMemory, Instant startedAt, Instant finishedAt) implements LifeState {}

    /** Its record cannot be read: it can be looked at, exported and removed. @param why what is wrong with the record */
    record Dead(String why) implements LifeState {}

    record Exited(int exitCode, boolean outOfMemory, String error, Instant startedAt, Instant finishedAt)
            implements LifeState {}

    /** Docker's word for it. */
    default String status() {
        return switch (this) {
            case Created ignored -> "created";
            case Running running -> running.paused() ? "paused" : "running";
            case Restarting ignored -> "restarting";
            case Exited ignored -> "exited";
            case Dead ignored -> "dead";
        };
    }
}
