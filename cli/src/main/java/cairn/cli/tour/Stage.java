package cairn.cli.tour;

import cairn.cli.CliException;
import cairn.cli.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Where the tour plays: prints each command before it runs, runs it, says what was to be seen, and remembers how to undo it.
 * Undoing happens once, in reverse order, at the end or when the program is interrupted.
 */
public final class Stage {
    /** Runs the words of a {@code cairn} command in this very program. */
    public interface Cairn {
        int run(PrintStream out, PrintStream err, String... words);
    }

    private interface Undo {
        void run() throws IOException;
    }

    private static final String BOLD = "\033[1m";
    private static final String DIM = "\033[2m";
    private static final String PLAIN = "\033[0m";

    private final Session session;
    private final Cairn cairn;
    private final boolean colours;
    private final boolean pauses;
    private final Path directory;
    private final String mark;
    private final Deque<Undo> undo = new ArrayDeque<>();
    private boolean imageMade;
    private boolean containerMade;

    /**
     * Opens the stage.
     *
     * @param directory an empty one, removed at the end
     * @param mark ends the names of the image and the container that the tour makes
     */
    public Stage(Session session, Cairn cairn, boolean colours, boolean pauses, Path directory, String mark) {
        this.session = session;
        this.cairn = cairn;
        this.colours = colours;
        this.pauses = pauses;
        this.directory = directory;
        this.mark = mark;
        undo.push(() -> delete(directory));
    }

    Path directory() {
        return directory;
    }

    String image() {
        return "tour-" + mark;
    }

    String container() {
        return "walk-" + mark;
    }

    void title(int number, String text) {
        session.out().println();
        session.out().println(coloured(BOLD, "Step " + number + ": " + text));
    }

    /** What is about to happen. */
    void say(String text) {
        session.out().println();
        session.out().println(text);
    }

    /** What has just been seen, in one sentence; then the reader's pause. */
    void seen(String text) throws IOException {
        session.out().println(coloured(BOLD, "=> ") + text);
        session.out().flush();
        if (!pauses) {
            return;
        }
        session.out().print(coloured(DIM, "   [Enter goes on] "));
        session.out().flush();
        for (int c = session.in().read(); c >= 0 && c != '\n'; c = session.in().read()) {
            // the line is not of interest
        }
    }

    /** Shows and runs a {@code cairn} command with the terminal as it is. */
    int cairn(String... words) {
        show("cairn " + quoted(words));
        int status = cairn.run(session.out(), session.err(), words);
        session.out().flush();
        return status;
    }

    /** Runs a {@code cairn} command unseen; its output without the last line end. */
    String ask(String... words) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        cairn.run(out, silent(), words);
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8).strip();
    }

    /** Shows and runs a shell command in the tour's directory. */
    void shell(String command) throws IOException {
        show(command);
        Process process = new ProcessBuilder("/bin/sh", "-c", command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        process.getInputStream().transferTo(session.out());
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
        session.out().flush();
    }

    private void show(String command) {
        session.out().println(coloured(DIM, "$ ") + coloured(BOLD, command));
        session.out().flush();
    }

    private String coloured(String code, String text) {
        return colours ? code + text + PLAIN : text;
    }

    private static String quoted(String[] words) {
        StringBuilder out = new StringBuilder();
        for (String word : words) {
            out.append(out.isEmpty() ? "" : " ").append(quoted(word));
        }
        return out.toString();
    }

    /** As one would type it in a shell. */
    private static String quoted(String word) {
        boolean plain = !word.isEmpty();
        boolean special = false;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            plain &= Character.isLetterOrDigit(c) || "-_=./:,@+%".indexOf(c) >= 0;
            special |= "$`\"\\!".indexOf(c) >= 0;
        }
        if (plain) {
            return word;
        }
        return word.indexOf('\'') < 0 || special ? "'" + word.replace("'", "'\\''") + "'" : "\"" + word + "\"";
    }

    /** Remembers a {@code cairn} command that takes back what is about to be made. */
    void undoWith(String... words) {
        undo.push(() -> ask(words));
    }

    /** The tour's image, made now if no earlier step has. */
    void needImage(boolean shown) {
        if (imageMade) {
            return;
        }
        imageMade = true;
        undoWith("rmi", "-f", image());
        make(shown, "image", "from-host", image(), "bash", "sh", "ls", "cat", "ps", "sleep", "hostname", "touch");
    }

    /** The tour's container, running; made now if no earlier step has. */
    void needContainer(boolean shown) {
        needImage(false);
        if (containerMade) {
            return;
        }
        containerMade = true;
        undoWith("rm", "-f", container());
        make(shown, "run", "-d", "-it", "--network", "none", "--name", container(), image(), "/bin/bash");
    }

    private void make(boolean shown, String... words) {
        int status = shown ? cairn(words) : cairn.run(silent(), session.err(), words);
        if (status != 0) {
            throw new CliException("the tour ends here, as this failed: cairn " + quoted(words));
        }
    }

    private static PrintStream silent() {
        return new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    }

    /** Takes back what was made; a second caller waits for the first and does nothing. */
    public synchronized void clear() {
        List<String> faults = new ArrayList<>();
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (IOException | RuntimeException e) {
                faults.add(String.valueOf(e.getMessage()));
            }
        }
        for (String fault : faults) {
            session.err().println("could not clear up: " + fault);
        }
    }

    /** Removes a tree, but nothing on another file system: what may still be mounted there is not ours to delete. */
    private static void delete(Path root) throws IOException {
        Object device = Files.getAttribute(root, "unix:dev");
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                if (!device.equals(Files.getAttribute(path, "unix:dev"))) {
                    throw new IOException(path + " is still mounted");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                Files.delete(path);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, @org.jspecify.annotations.Nullable IOException fault)
                    throws IOException {
                if (fault != null) {
                    throw fault;
                }
                Files.delete(path);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
