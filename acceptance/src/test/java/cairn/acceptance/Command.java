package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process on the host, run to its end or left running. Both outputs are read while it runs, so a full pipe never stalls it. */
final class Command implements AutoCloseable {

    /** What a command left behind. Outputs keep their line ends. */
    record Result(List<String> command, int exit, String out, String err) {

        Result ok() {
            assertThat(exit).as("exit status of %s", this).isZero();
            return this;
        }

        Result fails(int status) {
            assertThat(exit).as("exit status of %s", this).isEqualTo(status);
            return this;
        }

        /** Standard output without the line end. */
        String text() {
            return out.strip();
        }

        List<String> lines() {
            return out.lines().toList();
        }

        @Override
        public String toString() {
            return "%s\n--- out\n%s--- err\n%s".formatted(String.join(" ", command), out, err);
        }
    }

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<String> words;
    private final Process process;
    private final Drain out;
    private final Drain err;

    private Command(List<String> words, Process process) {
        this.words = words;
        this.process = process;
        out = new Drain(process.getInputStream());
        err = new Drain(process.getErrorStream());
    }

    static Command start(Map<String, String> environment, List<String> words) {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().putAll(environment);
        try {
            return new Command(words, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Result run(String... words) {
        return run(Map.of(), List.of(words), "");
    }

    static Result run(Map<String, String> environment, List<String> words, String input) {
        try (Command command = start(environment, words)) {
            command.write(input);
            command.endInput();
            return command.await(PATIENCE);
        }
    }

    /** Writes to standard input; a process that has closed it already is no error, its exit status says more. */
    void write(String text) {
        try {
            OutputStream input = process.getOutputStream();
            input.write(text.getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            // The reader is gone.
        }
    }

    void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The reader is gone.
        }
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    String outSoFar() {
        return out.text();
    }

    String errSoFar() {
        return err.text();
    }

    /** Waits until standard output contains {@code text}. */
    void awaitOutput(String text) {
        Wait.until(
                PATIENCE,
                () -> "«" + text + "» in the output of " + String.join(" ", words) + ", which so far is:\n" + outSoFar()
                        + "\n--- err\n" + errSoFar(),
                () -> outSoFar().contains(text));
    }

    void signal(String name) {
        Command.run("kill", "-" + name, Long.toString(pid()));
    }

    Result await(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + patience + ": " + String.join(" ", words)
                        + "\n--- out\n" + outSoFar() + "\n--- err\n" + errSoFar());
            }
            out.join();
            err.join();
            return new Result(words, process.exitValue(), out.text(), err.text());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    Result await() {
        return await(PATIENCE);
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            process.destroyForcibly();
        }
    }

    /** Reads a stream to its end on a thread of its own. */
    private static final class Drain {
        private final StringBuilder text = new StringBuilder();
        private final Thread thread;

        Drain(InputStream stream) {
            thread = Thread.ofPlatform().daemon().name("drain").start(() -> drain(stream));
        }

        private void drain(InputStream stream) {
            byte[] buffer = new byte[8192];
            try (stream) {
                int count = stream.read(buffer);
                while (count >= 0) {
                    String piece = new String(buffer, 0, count, StandardCharsets.UTF_8);
                    synchronized (text) {
                        text.append(piece);
                    }
                    count = stream.read(buffer);
                }
            } catch (IOException e) {
                // The process was ended from here.
            }
        }

        String text() {
            synchronized (text) {
                return text.toString();
            }
        }

        /** A process left in the background by the command may hold the pipe open for ever. */
        void join() throws InterruptedException {
            thread.join(Duration.ofSeconds(5));
        }
    }
}
