package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.JsonLines;
import cairn.cli.daemon.Query;
import cairn.cli.show.StoreReport;
import cairn.cli.show.Tree;
import cairn.cli.stream.Console;
import cairn.cli.template.JsonText;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code cairn store check}: exit status 0 for a clean store, 1 if anything was found, 2 if it could not be checked. */
public final class StoreCheck implements Verb {
    private static final int FOUND = 1;
    private static final int NOT_RUN = 2;

    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("fast", "Do not read the files in layers, only what is known of them")
                .bool("json", "Print everything as one JSON document")
                .bool("repair", "Repair what can be repaired");
        return Usage.of("", 0, 0, flags).with("""
                        Looks whether everything under the data root belongs to something, whether all records fit one
                        another, and whether each layer is still what its digest says. Containers may run meanwhile.

                        A repair removes what belongs to nothing, writes anew what follows from other records, and never
                        touches what may be dockerd's. The exit status is 0 if nothing was found (with --repair: nothing
                        is left), 1 if something was, 2 if the store could not be checked.

                        Example:
                          cairn store check --repair""");
    }

    @Override
    public int run(Arguments given, Session session) {
        try {
            return check(given, session);
        } catch (DaemonException e) {
            throw new CliException(NOT_RUN, e.shown());
        } catch (CliException e) {
            throw new CliException(NOT_RUN, e.getMessage());
        } catch (IOException e) {
            throw new CliException(NOT_RUN, "the store could not be checked: " + e.getMessage());
        }
    }

    private static int check(Arguments given, Session session) throws IOException {
        Query query = new Query("/cairn/store/check").with("fast", given.on("fast") ? "1" : "0");
        List<Tree> findings = new ArrayList<>();
        List<Tree> repairs = new ArrayList<>();
        List<Tree> left = new ArrayList<>();
        Tree summary = Tree.NOTHING;
        Waiting waiting = new Waiting(session.err(), !given.on("json") && Console.shown());
        try (Reply stream = session.daemon().open(given.on("repair") ? "POST" : "GET", query, null)) {
            JsonLines lines = new JsonLines(stream.body());
            for (@Nullable Tree line = lines.next(); line != null; line = lines.next()) {
                if (!line.at("error").text().isEmpty()) {
                    waiting.end();
                    throw new IOException(line.at("error").text());
                }
                waiting.show(line.at("Progress"));
                add(findings, line.at("Finding"));
                add(repairs, line.at("Repair"));
                add(left, line.at("Left"));
                summary = line.at("Summary").there() ? line.at("Summary") : summary;
            }
        }
        waiting.end();
        if (!summary.there()) {
            throw new IOException("the daemon ended before the check did");
        }
        if (given.on("json")) {
            session.out().println(json(findings, repairs, left, summary));
        } else {
            new StoreReport(session.out()).print(findings, given.on("repair") ? repairs : null, left, summary);
        }
        return summary.at("Findings").number() == 0 ? 0 : FOUND;
    }

    private static void add(List<Tree> list, Tree value) {
        if (value.there()) {
            list.add(value);
        }
    }

    private static String json(List<Tree> findings, List<Tree> repairs, List<Tree> left, Tree summary) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("Findings", findings.stream().map(Tree::value).toList());
        document.put("Repairs", repairs.stream().map(Tree::value).toList());
        document.put("Left", left.stream().map(Tree::value).toList());
        document.put("Summary", summary.value());
        return JsonText.compact(document);
    }

    /** One line that says how far it is, on a terminal only. */
    private static final class Waiting {
        private final PrintStream out;
        private final boolean shown;
        private boolean begun;

        Waiting(PrintStream out, boolean shown) {
            this.out = out;
            this.shown = shown;
        }

        void show(Tree progress) {
            if (shown && progress.there()) {
                begun = true;
                out.print("\r\033[2Kcompared " + progress.at("Done").number() + " of "
                        + progress.at("Total").number() + " layers");
            }
        }

        void end() {
            if (begun) {
                begun = false;
                out.print("\r\033[2K");
            }
        }
    }
}
