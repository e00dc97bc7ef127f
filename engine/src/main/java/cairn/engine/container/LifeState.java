package cairn.engine.container;

import java.time.Instant;

/** Where a container is in its life; facts exist only where they are true. */
public sealed interface LifeState {
    /** Never ran. @param exitCode and @param error of a start that failed, else 0 and empty */
    record Created(int exitCode, String error) implements LifeState {}

    /** @param startTime of {@code pid}, field 22 of its stat */
    record Running(int pid, long startTime, Instant startedAt) implements LifeState {}

    record Exited(int exitCode, boolean outOfMemory, String error, Instant startedAt, Instant finishedAt)
            implements LifeState {}

    /** Docker's word for it. */
    default String status() {
        return switch (this) {
            case Created ignored -> "created";
            case Running ignored -> "running";
            case Exited ignored -> "exited";
        };
    }
}
