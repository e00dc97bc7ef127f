package cairn.engine.container;

import cairn.engine.error.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names and numbers of signal(7) on x86-64 and aarch64. */
final class Signals {
    static final int KILL = 9;
    static final int TERM = 15;

    private static final int REAL_TIME_MIN = 34;
    private static final int REAL_TIME_MAX = 64;
    /** So far the names of real-time signals count up from the first, and down from the last. */
    private static final int FROM_MIN = 15;

    private static final int FROM_MAX = 14;

    private static final List<String> NAMES = List.of(
            "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
            "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
            "PROF", "WINCH", "IO", "PWR", "SYS");

    /** Other names that signal(7) and Docker know. */
    private static final Map<String, Integer> ALIASES = Map.of("IOT", 6, "CLD", 17, "POLL", 29);

    private Signals() {}

    /** {@code 9}, {@code KILL}, {@code SIGKILL}, {@code RTMIN+3}. */
    static int parse(String text) {
        Integer number = integer(text);
        if (number == null) {
            number = named(text.toUpperCase(Locale.ROOT));
        } else if (number != 0 && !exists(number)) {
            throw new Problem.InvalidParameter("the linux daemon does not support signal " + number).exception();
        }
        if (number == 0) {
            throw new Problem.InvalidParameter("invalid signal: " + text).exception();
        }
        return number;
    }

    /** The two between them are the C library's own. */
    private static boolean exists(int number) {
        return number > 0 && number < NAMES.size() || number >= REAL_TIME_MIN && number <= REAL_TIME_MAX;
    }

    /** 0 for no signal's name. */
    private static int named(String text) {
        String name = text.startsWith("SIG") ? text.substring(3) : text;
        if (name.startsWith("RTMIN")) {
            return REAL_TIME_MIN + steps(name, '+', FROM_MIN, -REAL_TIME_MIN);
        }
        if (name.startsWith("RTMAX")) {
            return REAL_TIME_MAX - steps(name, '-', FROM_MAX, REAL_TIME_MAX);
        }
        return ALIASES.getOrDefault(name, Math.max(0, NAMES.indexOf(name)));
    }

    /** The number behind {@code RTMIN} or {@code RTMAX}. @param none in its place where that is wrong */
    private static int steps(String name, char sign, int most, int none) {
        String rest = name.substring("RTMIN".length());
        if (rest.isEmpty()) {
            return 0;
        }
        Integer steps = rest.charAt(0) == sign ? integer(rest.substring(1)) : null;
        return steps == null || steps < 1 || steps > most || !rest.equals(sign + steps.toString()) ? none : steps;
    }

    private static @Nullable Integer integer(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
