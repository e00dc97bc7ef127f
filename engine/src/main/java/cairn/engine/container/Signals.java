package cairn.engine.container;

import cairn.engine.error.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Names and numbers of signal(7) on x86-64 and aarch64. */
final class Signals {
    static final int KILL = 9;
    static final int TERM = 15;

    private static final int REAL_TIME_MIN = 34;
    private static final int REAL_TIME_MAX = 64;

    private static final List<String> NAMES = List.of(
            "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
            "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
            "PROF", "WINCH", "IO", "PWR", "SYS");

    /** Other names that signal(7) and Docker know. */
    private static final Map<String, Integer> ALIASES = Map.of("IOT", 6, "CLD", 17, "POLL", 29, "UNUSED", 31);

    private Signals() {}

    /** {@code 9}, {@code KILL}, {@code SIGKILL}, {@code RTMIN+3}. */
    static int parse(String text) {
        String name = text.toUpperCase(Locale.ROOT);
        if (name.startsWith("SIG")) {
            name = name.substring(3);
        }
        try {
            int number = -1;
            if (!name.isEmpty() && Character.isDigit(name.charAt(0))) {
                number = Integer.parseInt(name);
            } else if (name.startsWith("RTMIN")) {
                number = REAL_TIME_MIN + (name.length() > 5 ? Integer.parseInt(name.substring(6)) : 0);
            } else if (name.startsWith("RTMAX")) {
                number = REAL_TIME_MAX - (name.length() > 5 ? Integer.parseInt(name.substring(6)) : 0);
            } else if (ALIASES.containsKey(name)) {
                number = ALIASES.getOrDefault(name, -1);
            } else if (NAMES.indexOf(name) > 0) {
                number = NAMES.indexOf(name);
            }
            if (number > 0 && number <= REAL_TIME_MAX) {
                return number;
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            // Falls through to the one error below.
        }
        throw new Problem.InvalidParameter("invalid signal: " + text).exception();
    }
}
