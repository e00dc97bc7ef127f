package cairn.engine.store;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.linux.Errno;
import cairn.linux.LinuxException;

/** Gives failed system calls on the store their meaning. */
public final class StoreFault {
    private StoreFault() {}

    /**
     * The failure as an exception of the engine.
     *
     * @param what the operation in words, such as {@code unpack layer}
     */
    public static EngineException of(String what, LinuxException fault) {
        Problem problem = switch (fault.errno()) {
            case Errno.ENOSPC, Errno.EDQUOT -> new Problem.DiskFull(what);
            default -> new Problem.Internal(what + ": " + fault.getMessage());
        };
        return problem.exception(fault);
    }
}
