package cairn.engine.explain;

import cairn.engine.container.Container;
import cairn.wire.container.ContainerState;
import cairn.wire.container.ExitCause;
import cairn.wire.container.Health;
import cairn.wire.container.HealthcheckResult;
import cairn.wire.container.StopRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The end of a container as a paragraph. */
final class WhyWords {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final int LONGEST_QUOTE = 300;
    private static final int SIGNALLED = 128;
    private static final int KILL = 9;

    private static final List<String> SIGNALS = List.of(
            "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
            "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
            "PROF", "WINCH", "IO", "PWR", "SYS");

    private final Container container;
    private final ContainerState state;
    private final List<String> sentences = new ArrayList<>();

    private WhyWords(Container container, ContainerState state) {
        this.container = container;
        this.state = state;
    }

    static String of(Container container, ContainerState state, List<String> findings, List<String> lastLines) {
        WhyWords words = new WhyWords(container, state);
        words.headline();
        ExitCause cause = container.cause();
        if (cause != null && (state.status().equals("exited") || state.status().equals("restarting"))) {
            words.cause(cause);
        }
        if (!state.error().isEmpty() && !state.dead()) {
            words.sentences.add("Its last start failed: " + state.error() + ".");
        }
        words.sentences.addAll(findings);
        words.health(container.health());
        words.log(lastLines);
        return String.join(" ", words.sentences);
    }

    private void headline() {
        String name = container.name();
        switch (state.status()) {
            case "running" -> sentences.add(name + " runs, since " + time(state.startedAt()) + "." + restarts());
            case "paused" -> sentences.add(name + " is paused; it was started at " + time(state.startedAt()) + ".");
            case "restarting" -> {
                sentences.add(name + " ended with code " + state.exitCode() + " at " + time(state.finishedAt()) + ran()
                        + ".");
                sentences.add("Its restart policy \""
                        + container.hostConfig().restartPolicy().name() + "\" starts it again in a moment."
                        + restarts());
            }
            case "dead" ->
                sentences.add(name + " cannot run: its record on disk is damaged: " + state.error()
                        + ". What it has written can still be had with export.");
            case "created" ->
                sentences.add(state.error().isEmpty() ? name + " has never been started." : name + " has never run.");
            default ->
                sentences.add(name + " ended with code " + state.exitCode() + " at " + time(state.finishedAt()) + ran()
                        + "." + restarts());
        }
    }

    private String restarts() {
        int count = container.restarts().count();
        return count == 0
                ? ""
                : " Its restart policy has started it again " + count + (count == 1 ? " time." : " times.");
    }

    private static String time(String text) {
        try {
            return TIME.format(Instant.parse(text));
        } catch (java.time.DateTimeException e) {
            return text;
        }
    }

    private String ran() {
        try {
            Duration ran = Duration.between(Instant.parse(state.startedAt()), Instant.parse(state.finishedAt()));
            return ran.toMillis() < 1000
                    ? ", " + Math.max(0, ran.toMillis()) + " ms after its start"
                    : ", " + ran.toSeconds() + " s after its start";
        } catch (java.time.DateTimeException e) {
            return "";
        }
    }

    private void cause(ExitCause cause) {
        if (cause.unseen()) {
            sentences.add(
                    "Nobody saw its end: its monitor was killed, or the machine went down. Code and time are those of the moment"
                            + " when that was found out.");
            return;
        }
        if (cause.oomKills() > 0) {
            long limit = container.hostConfig().memory();
            sentences.add("The kernel killed " + count(cause.oomKills(), "process", "processes")
                    + " of it for want of memory: "
                    + (limit > 0
                            ? "it may have " + bytes(limit) + "."
                            : "the machine, or a group above it, had none left."));
        }
        requests(cause);
        int code = state.exitCode();
        if (cause.signal() != 0) {
            signal(cause);
        } else if (code > SIGNALLED && code <= SIGNALLED + 64) {
            sentences.add(
                    "The first process ended by itself, with the code that shells give when a program of theirs is ended by "
                            + name(code - SIGNALLED) + ".");
        } else if (code == 127) {
            sentences.add(
                    "Code 127 is what shells give when they do not find a command, and loaders when they do not find a library.");
        } else if (code == 126) {
            sentences.add("Code 126 is what shells give when they may not run a command.");
        } else if (code == 0 && cause.requests().isEmpty()) {
            sentences.add("It had done its work: the program ended by itself and without an error.");
        } else if (cause.requests().isEmpty()) {
            sentences.add("The program ended by itself.");
        }
    }

    private void requests(ExitCause cause) {
        for (StopRequest request : cause.requests()) {
            if (request.afterSeconds() > 0 || (request.signal() == KILL && isStop(request))) {
                sentences.add("It did not end within " + count(request.afterSeconds(), "second", "seconds") + ", so "
                        + request.action() + " sent it " + name(request.signal()) + " at " + time(request.time())
                        + ".");
            } else {
                sentences.add("Somebody's " + (request.action().equals("rm") ? "rm -f" : request.action()) + " sent it "
                        + name(request.signal()) + " at " + time(request.time()) + ".");
            }
        }
    }

    private static boolean isStop(StopRequest request) {
        return request.action().equals("stop") || request.action().equals("restart");
    }

    private void signal(ExitCause cause) {
        boolean asked = cause.requests().stream().anyMatch(request -> request.signal() == cause.signal());
        String signal = name(cause.signal());
        if (asked) {
            sentences.add(signal + " ended it.");
        } else if (cause.signal() == KILL && cause.oomKills() > 0) {
            sentences.add("That was SIGKILL to its first process.");
        } else {
            sentences.add(signal + " ended it, which nobody has sent through this engine: "
                    + switch (cause.signal()) {
                        case 11 -> "it is what a program gets that touches memory that is not its own.";
                        case 6 -> "it is what a program sends itself when it gives up.";
                        case 4, 7, 8 -> "it is what a program gets for a fault of its own.";
                        case 31 -> "it is what a program gets for a system call that a filter forbids.";
                        default -> "a process of the container has sent it, or one of the host.";
                    });
        }
    }

    private static String name(int signal) {
        return signal < SIGNALS.size() ? "SIG" + SIGNALS.get(signal) : "signal " + signal;
    }

    private void health(@Nullable Health health) {
        if (health == null || !health.status().equals("unhealthy")) {
            return;
        }
        sentences.add("Its health check failed " + count(health.failingStreak(), "time", "times") + " in a row"
                + (health.log().isEmpty()
                        ? "."
                        : "; the last said: " + quote(last(health.log()).output()) + "."));
    }

    private static HealthcheckResult last(List<HealthcheckResult> log) {
        return log.getLast();
    }

    private void log(List<String> lines) {
        if (!lines.isEmpty()) {
            List<String> quoted = new ArrayList<>();
            lines.forEach(line -> quoted.add(quote(line)));
            sentences.add("The end of its log: " + String.join(" / ", quoted));
        }
    }

    /** Of text that the container has written: what would move a terminal's cursor is left out. */
    private static String quote(String text) {
        StringBuilder clean = new StringBuilder();
        text.strip()
                .codePoints()
                .map(c -> Character.isWhitespace(c) ? ' ' : c)
                .filter(c -> !Character.isISOControl(c))
                .limit(LONGEST_QUOTE)
                .forEach(clean::appendCodePoint);
        return "\"" + clean + "\"";
    }

    private static String count(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }

    private static String bytes(long bytes) {
        return bytes >= 1 << 20 ? bytes / (1 << 20) + " MiB" : bytes / 1024 + " KiB";
    }
}
