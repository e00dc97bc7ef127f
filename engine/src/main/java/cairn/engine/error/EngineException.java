package cairn.engine.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The engine's only exception for faults whose meaning is known: it carries one {@link Problem}. */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public EngineException(Problem problem) {
        this(problem, null);
    }

    /** Keeps the lower-level fault as the cause, for the log; the reply is made from the problem alone. */
    public EngineException(Problem problem, @Nullable Throwable cause) {
        super(problem.toString(), cause);
        this.problem = Objects.requireNonNull(problem);
    }

    public Problem problem() {
        return problem;
    }
}
