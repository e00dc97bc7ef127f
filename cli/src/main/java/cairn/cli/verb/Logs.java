package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.UsageException;
import cairn.cli.daemon.Query;
import cairn.cli.show.Times;
import cairn.cli.show.Tree;
import cairn.cli.stream.Output;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.time.Instant;

/** {@code cairn logs}. */
public final class Logs implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("details", "Show the labels and variables that the container logs along")
                .bool("f,follow", "Go on with what it prints from now on")
                .text("since", "Leave out what is older: a time (2024-01-02T03:04:05Z) or a span (10m)")
                .of(cairn.cli.args.Kind.STRING, "n,tail", "all", "Show only so many lines from the end")
                .bool("t,timestamps", "Show when each line was printed")
                .text("until", "Leave out what is newer");
        return Usage.of("CONTAINER", 1, 1, flags).with("""
                        Examples:
                          cairn logs -f --tail 20 web
                          cairn logs -t --since 10m web""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        String name = given.positional(0);
        Tree container = session.daemon().get(Query.container(name, "/json"));
        Query query = Query.container(container.at("Id").text(), "/logs")
                .with("stdout", "1")
                .with("stderr", "1")
                .flag("follow", given.on("follow"))
                .flag("timestamps", given.on("timestamps"))
                .flag("details", given.on("details"))
                .given("since", moment(given, "since"))
                .given("until", moment(given, "until"))
                .with("tail", given.text("tail"));
        try (Reply stream = session.daemon().open("GET", query, null)) {
            Output.copy(stream.body(), !container.at("Config", "Tty").on(), session.out(), session.err());
        }
        return 0;
    }

    private static String moment(Arguments given, String flag) {
        try {
            return Times.since(given.text(flag), Instant.now());
        } catch (UsageException e) {
            throw new CliException("invalid value for \"" + flag + "\": " + e.getMessage());
        }
    }
}
