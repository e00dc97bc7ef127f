package cairn.daemon;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The daemon's own log: one line per record on standard error. */
final class LogFormat extends Formatter {
    /** @param level debug, info, warn, error or fatal */
    static void install(String level) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        Level threshold = switch (level) {
            case "debug" -> Level.FINE;
            case "warn" -> Level.WARNING;
            case "error", "fatal" -> Level.SEVERE;
            default -> Level.INFO;
        };
        ConsoleHandler handler = new ConsoleHandler();
        handler.setFormatter(new LogFormat());
        handler.setLevel(threshold);
        root.addHandler(handler);
        root.setLevel(threshold);
    }

    @Override
    public String format(LogRecord record) {
        StringBuilder line = new StringBuilder()
                .append(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .append(' ')
                .append(record.getLevel().getName().toLowerCase(Locale.ROOT))
                .append(' ')
                .append(formatMessage(record))
                .append('\n');
        Throwable thrown = record.getThrown();
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            line.append("    ").append(cause).append('\n');
            if (cause.getStackTrace().length > 0) {
                line.append("        at ").append(cause.getStackTrace()[0]).append('\n');
            }
        }
        return line.toString();
    }
}
