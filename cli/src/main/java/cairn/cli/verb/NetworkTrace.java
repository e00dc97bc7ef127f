package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.explain.TracePicture;
import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;
import cairn.wire.Json;
import cairn.wire.explain.TraceExplanation;

/** {@code cairn net trace}: exit status 0 if the one reaches the other, 1 if not, 2 if it could not be found out. */
public final class NetworkTrace implements Verb {
    private static final int NOT_REACHED = 1;
    private static final int NOT_RUN = 2;

    @Override
    public Usage usage() {
        return Usage.of(
                        "CONTAINER CONTAINER|ADDRESS|NETWORK|host [PORT[/PROTOCOL]]",
                        2,
                        3,
                        new Flags().bool("json", "Print everything as JSON"))
                .with("""
                        Says whether the first container reaches the second, an address, the gateway of a network, or this
                        host: by their networks, names, routes, links and firewall rules, and by a connection that is really
                        tried from the first one's network (without a PORT of TCP: by a ping).

                        The exit status is 0 if it does, 1 if it does not, 2 if that could not be found out.

                        Examples:
                          cairn net trace web db 5432
                          cairn net trace web host
                          cairn net trace web 192.0.2.7 443 --json""");
    }

    @Override
    public int run(Arguments given, Session session) {
        Query query = new Query("/cairn/trace")
                .with("from", given.positional(0))
                .with("to", given.positional(1))
                .given("port", given.positionals().size() > 2 ? given.positional(2) : "");
        byte[] answer;
        try {
            answer = session.daemon().bytes("GET", query.toString(), null);
        } catch (DaemonException e) {
            throw new CliException(NOT_RUN, e.shown());
        } catch (CliException e) {
            throw new CliException(NOT_RUN, e.getMessage());
        }
        TraceExplanation trace = Json.read(TraceExplanation.class, answer);
        session.out()
                .print(given.on("json") ? JsonText.indented(Tree.read(answer).value()) + "\n" : TracePicture.of(trace));
        return trace.reached() ? 0 : NOT_REACHED;
    }
}
