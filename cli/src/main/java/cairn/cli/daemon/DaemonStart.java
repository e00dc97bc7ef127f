package cairn.cli.daemon;

import cairn.cli.CliException;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Starts the daemon in a session of its own, so that it outlives this program and the terminal, and waits until it answers.
 * The command line is {@code bin/cairnd} below the system property {@code cairn.home}, or what the property
 * {@code cairn.daemon.command} says: words, one a line or separated by spaces.
 */
final class DaemonStart {
    private static final long PATIENCE_MILLIS = 30_000;
    private static final long SILENT_MILLIS = 1_500;
    private static final int LAST_LINES = 12;

    private final PrintStream err;
    private final BooleanSupplier answers;
    private final Path log;

    private DaemonStart(PrintStream err, BooleanSupplier answers) {
        this.err = err;
        this.answers = answers;
        this.log = log();
    }

    /** Whether it is known how. */
    static boolean possible() {
        return !command().isEmpty();
    }

    /**
     * Starts it and waits.
     *
     * @param answers whether somebody answers on the socket
     * @throws CliException with the last lines of the log when it does not come up
     */
    static void run(PrintStream err, BooleanSupplier answers) {
        new DaemonStart(err, answers).start();
    }

    private static List<String> command() {
        String text = System.getProperty("cairn.daemon.command", "");
        if (text.isEmpty()) {
            Path launcher = Path.of(System.getProperty("cairn.home", "/nonexistent"), "bin", "cairnd");
            return Files.isExecutable(launcher) ? List.of(launcher.toString()) : List.of();
        }
        char separator = text.indexOf('\n') >= 0 ? '\n' : ' ';
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int at = 0; at <= text.length(); at++) {
            if (at == text.length() || text.charAt(at) == separator) {
                if (at > start) {
                    words.add(text.substring(start, at));
                }
                start = at + 1;
            }
        }
        return words;
    }

    private static Path log() {
        Path usual = Path.of("/var/log/cairn");
        try {
            Files.createDirectories(usual);
            return usual.resolve("daemon.log");
        } catch (IOException e) {
            return Path.of("/run/cairn/daemon.log");
        }
    }

    private void start() {
        List<String> words = new ArrayList<>();
        // setsid(1) from util-linux, an essential package: without it the terminal's Ctrl-C would end the daemon, too.
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            words.add("/usr/bin/setsid");
        }
        words.addAll(command());
        long size = log.toFile().length();
        try {
            Files.createDirectories(log.getParent());
            Process process = new ProcessBuilder(words)
                    .directory(new File("/"))
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .redirectErrorStream(true)
                    .start();
            await(process, size);
        } catch (IOException e) {
            throw new CliException("cairn: cannot start the daemon: " + e.getMessage());
        }
    }

    private void await(Process process, long size) throws IOException {
        long start = System.nanoTime();
        boolean told = false;
        while (!answers.getAsBoolean()) {
            long millis = (System.nanoTime() - start) / 1_000_000;
            // Another caller may have started one at the same time; then ours gives up, and that one answers.
            if (!process.isAlive() && !answersSoon()) {
                throw new CliException("cairn: the daemon ended at once, with status " + process.exitValue() + "; "
                        + log + " says:\n" + lastLines(size));
            }
            if (millis > PATIENCE_MILLIS) {
                throw new CliException("cairn: the daemon does not answer; " + log + " says:\n" + lastLines(size));
            }
            if (millis > SILENT_MILLIS && !told) {
                err.println("Waiting for the daemon to start ...");
                told = true;
            }
            pause(10);
        }
    }

    private boolean answersSoon() {
        for (int i = 0; i < 20; i++) {
            if (answers.getAsBoolean()) {
                return true;
            }
            pause(50);
        }
        return false;
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new CliException(130, "");
        }
    }

    /** The end of what the log has gained. */
    private String lastLines(long from) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long start = Math.max(from, file.length() - 4096);
            file.seek(start);
            byte[] bytes = new byte[(int) Math.min(4096, file.length() - start)];
            file.readFully(bytes);
            String[] lines = new String(bytes, StandardCharsets.UTF_8).strip().split("\n", -1);
            StringBuilder out = new StringBuilder();
            for (int i = Math.max(0, lines.length - LAST_LINES); i < lines.length; i++) {
                out.append("  ").append(lines[i]).append('\n');
            }
            return out.toString().stripTrailing();
        }
    }
}
