package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.daemon.JsonLines;
import cairn.cli.show.Tree;
import cairn.cli.stream.Console;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shows a stream of progress messages: on a terminal one line for each id, rewritten in place; elsewhere a line for each change
 * of status, without the counters.
 */
final class Progress {
    private final PrintStream out;
    private final boolean terminal;
    private final Map<String, Integer> rows = new HashMap<>();
    private final Map<String, String> last = new HashMap<>();
    private int row;

    private Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /**
     * Reads the stream to its end.
     *
     * @param quiet whether only errors matter
     * @throws CliException with the stream's own error
     */
    static void show(Reply stream, Session session, PrintStream out, boolean quiet) throws IOException {
        Progress progress = new Progress(out, Console.shown());
        JsonLines lines = new JsonLines(stream.body());
        for (@Nullable Tree line = lines.next(); line != null; line = lines.next()) {
            String fault = line.at("errorDetail", "message").text();
            fault = fault.isEmpty() ? line.at("error").text() : fault;
            if (!fault.isEmpty()) {
                session.out().flush();
                throw new CliException(fault);
            }
            if (!quiet) {
                progress.line(line);
                out.flush();
            }
        }
    }

    private void line(Tree line) {
        String id = line.at("id").text();
        String status = line.at("status").text();
        if (status.isEmpty()) {
            out.print(line.at("stream").text());
            return;
        }
        if (terminal && !id.isEmpty()) {
            place(id, id + ": " + status + " " + line.at("progress").text());
        } else if (!status.equals(last.put(id, status))) {
            out.println(id.isEmpty() ? status : id + ": " + status);
            row++;
        }
    }

    /** Rewrites the line of this id (ECMA-48: CUU, EL, CUD). */
    private void place(String id, String text) {
        Integer known = rows.get(id);
        if (known == null) {
            rows.put(id, row++);
            out.println(text);
            return;
        }
        int up = row - known;
        out.print("\033[" + up + "A\r\033[2K" + text + "\033[" + up + "B\r");
    }
}
