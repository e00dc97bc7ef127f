package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;
import java.util.ArrayList;
import java.util.List;

/** {@code cairn why}. */
public final class Why implements Verb {
    private static final int WIDTH = 100;

    @Override
    public Usage usage() {
        return Usage.of("CONTAINER", 1, 1, new Flags().bool("json", "Print everything as JSON"))
                .with("""
                        Says why a container has ended or does not run: code and signal, who sent it, memory, what its
                        health check and its log said last, and whether its program, interpreter or loader is there.

                        Examples:
                          cairn why web
                          cairn why web --json""");
    }

    @Override
    public int run(Arguments given, Session session) {
        Query query = new Query("/cairn/why").with("ref", given.positional(0));
        Tree answer = Tree.read(session.daemon().bytes("GET", query.toString(), null));
        if (given.on("json")) {
            session.out().println(JsonText.indented(answer.value()));
        } else {
            lines(answer.at("Summary").text()).forEach(session.out()::println);
        }
        return 0;
    }

    /** Filled lines. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
