package cairn.engine.log;

/**
 * One record of a container's log.
 *
 * @param stream 1 for stdout, 2 for stderr
 * @param time RFC 3339 with nanoseconds, as written
 * @param text the line with its newline, or part of a line longer than 16 KiB without one
 */
public record LogRecord(int stream, String time, byte[] text) {}
