package cairn.daemon;

import java.text.MessageFormat;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's own log: one line per record on standard error. It stands in for java.util.logging, which reads its configuration and
 * looks into every jar before the first line: 40 ms of a start.
 */
public final class DaemonLog extends System.LoggerFinder {
    private static volatile System.Logger.Level threshold = System.Logger.Level.INFO;

    /** @param level debug, info, warn, error or fatal */
    static void setLevel(String level) {
        threshold = switch (level) {
            case "debug" -> System.Logger.Level.DEBUG;
            case "warn" -> System.Logger.Level.WARNING;
            case "error", "fatal" -> System.Logger.Level.ERROR;
            default -> System.Logger.Level.INFO;
        };
    }

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new Lines(name);
    }

    private record Lines(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.getSeverity() >= threshold.getSeverity() && level != Level.OFF;
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
            if (isLoggable(level)) {
                write(level, String.valueOf(message), thrown);
            }
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... parameters) {
            if (isLoggable(level)) {
                boolean plain = parameters == null || parameters.length == 0;
                String pattern = String.valueOf(format);
                write(level, plain ? pattern : MessageFormat.format(pattern, parameters), null);
            }
        }

        @SuppressWarnings("SystemOut") // Standard error is where a daemon's log belongs.
        private static void write(Level level, String message, @Nullable Throwable thrown) {
            StringBuilder line = new StringBuilder()
                    .append(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                    .append(' ')
                    .append(level.getName().toLowerCase(Locale.ROOT))
                    .append(' ')
                    .append(message)
                    .append('\n');
            for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
                line.append("    ").append(cause).append('\n');
                if (cause.getStackTrace().length > 0) {
                    line.append("        at ").append(cause.getStackTrace()[0]).append('\n');
                }
            }
            // In one call, so that lines of several threads do not mix.
            System.err.print(line);
        }
    }
}
