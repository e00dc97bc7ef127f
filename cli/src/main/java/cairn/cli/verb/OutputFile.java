package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.daemon.Query;
import cairn.cli.stream.Console;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** Where an archive goes: standard output, or a file that is written aside, readable for its owner alone, and renamed at its end. */
final class OutputFile {
    private static final int BROKEN_PIPE = 128 + 13;
    private static final int CHUNK = 256 << 10;

    /** Kinds of files by their mode (inode(7)). */
    private static final int KIND = 0170000;

    private static final Map<Integer, String> NOT_FILES = Map.of(
            0040000, "a directory",
            0120000, "a symbolic link directly",
            0020000, "a character device file",
            0060000, "a block device file",
            0010000, "a named pipe (FIFO)",
            0140000, "a socket");

    private OutputFile() {}

    /**
     * Fetches an archive.
     *
     * @param name the file, or "" for standard output
     * @param what what is being done, for messages
     * @throws CliException when the output is a terminal, or a place that no file can be written to
     */
    static void fetch(Query query, String name, String what, Session session) throws IOException {
        if (name.isEmpty()) {
            if (Console.shown()) {
                throw new CliException("cowardly refusing to save to a terminal. Use the -o flag or redirect");
            }
            try (Reply reply = session.daemon().open("GET", query, null)) {
                print(reply.body(), session.out());
            }
            return;
        }
        Path file = Path.of(name).toAbsolutePath();
        check(file, what);
        // Before the file, so that a refusal leaves nothing behind.
        try (Reply reply = session.daemon().open("GET", query, null)) {
            write(reply.body(), file);
        }
    }

    private static void check(Path file, String what) throws IOException {
        Path directory = file.getParent();
        if (directory == null || !Files.exists(directory)) {
            throw new CliException(
                    "failed to " + what + ": invalid output path: stat " + directory + ": no such file or directory");
        }
        if (!Files.isDirectory(directory)) {
            throw new CliException("failed to " + what + ": not a directory: " + directory);
        }
        try {
            Object mode = Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            String kind = mode instanceof Integer bits ? NOT_FILES.get(bits & KIND) : null;
            if (kind != null) {
                throw new CliException("failed to " + what + ": cannot write to " + kind);
            }
        } catch (NoSuchFileException e) {
            // then it is made
        }
    }

    private static void print(InputStream in, PrintStream out) throws IOException {
        byte[] buffer = new byte[CHUNK];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
            if (out.checkError()) {
                // As SIGPIPE would end another program, which the JDK ignores: whoever reads has had enough.
                throw Console.piped()
                        ? new CliException(BROKEN_PIPE, "")
                        : new CliException("write /dev/stdout: no space left, or it cannot be written to");
            }
        }
    }

    private static void write(InputStream in, Path file) throws IOException {
        Path aside = Files.createTempFile(file.getParent(), "." + file.getFileName(), ".part");
        // Also when Ctrl-C ends the program.
        aside.toFile().deleteOnExit();
        try {
            try (OutputStream out = Files.newOutputStream(aside)) {
                byte[] buffer = new byte[CHUNK];
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    out.write(buffer, 0, count);
                }
            }
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(aside);
        }
    }
}
