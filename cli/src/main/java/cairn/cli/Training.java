package cairn.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs several command lines in one process, so that packaging/train can record one ahead-of-time cache for all verbs: the JDK makes such
 * a cache from a single run. Not for users.
 */
public final class Training {
    private Training() {}

    /** Takes command lines, separated by words that are a single comma. */
    public static void main(String[] words) {
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 15),
                false,
                StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        List<String> line = new ArrayList<>();
        for (String word : words) {
            if (word.equals(",")) {
                run(line, out, err);
                line.clear();
            } else {
                line.add(word);
            }
        }
        run(line, out, err);
        out.flush();
        Runtime.getRuntime().exit(0);
    }

    private static void run(List<String> line, PrintStream out, PrintStream err) {
        try {
            int status =
                    new Main(InputStream.nullInputStream(), out, err, System.getenv()).run(line.toArray(String[]::new));
            out.flush();
            err.println("training: cairn " + String.join(" ", line) + ": status " + status);
        } catch (RuntimeException e) {
            // A verb that fails here fails for its users, too, and is not this program's business; the others still
            // count.
            err.println("training: cairn " + String.join(" ", line) + ": " + e);
        }
    }
}
