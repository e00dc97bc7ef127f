package cairn.engine.launch;

import java.time.Instant;

/** What a shim says about its process, in the order in which it says it. */
public sealed interface Report {
    /** Pids as the host sees them; start times are field 22 of {@code /proc/PID/stat}. */
    record Pid(int pid, int shimPid, long startTime, long shimStartTime) implements Report {}

    /** The launch ended at a step. @param step index over the whole plan, -1 when the plan itself was refused */
    record Failed(int step, int errno, String text) implements Report {}

    /** execve(2) succeeded. */
    record Started(Instant at) implements Report {}

    /** What was the current file of the log is an old one now. */
    record Rotated() implements Report {}

    /** @param code exit code, 128 + signal for a killed process; @param signal 0 for an ordinary exit */
    record Exited(int code, int signal, Instant at) implements Report {}
}
