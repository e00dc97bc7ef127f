package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.explain.ContainerPicture;
import cairn.cli.explain.ImagePicture;
import cairn.cli.explain.NetworkPicture;
import cairn.cli.explain.PathPicture;
import cairn.cli.explain.PortPicture;
import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;
import cairn.wire.Json;
import cairn.wire.explain.BridgeExplanation;
import cairn.wire.explain.ContainerExplanation;
import cairn.wire.explain.ImageExplanation;
import cairn.wire.explain.PathExplanation;
import cairn.wire.explain.PortExplanation;
import java.util.function.Function;

/** {@code cairn explain}. */
public final class Explain implements Verb {
    @Override
    public Usage usage() {
        return Usage.of(
                        "CONTAINER|IMAGE [PATH] | network NETWORK | port [ADDRESS:]PORT[/PROTOCOL]",
                        1,
                        2,
                        new Flags().bool("json", "Print everything as JSON"))
                .with("""
                        Without PATH: the layers with their short links, directories and digests, what each adds, changes
                        and hides; for a container also the overlay mount taken apart, its namespaces against the host's,
                        its cgroups, processes, network, mounts and privileges.
                        With PATH: which layer supplies it, what that hides, whether it was copied up, or which mount it
                        is on.
                        Of a network: the bridge with its addresses and routes, the containers that are plugged in, and each
                        rule of the firewall that is the network's, with what it does.
                        Of a port of this machine: who holds it, how packets for it get to the container from each side,
                        by which rules, routes and links, which program inside takes them, and what is in their way.

                        Examples:
                          cairn explain busybox
                          cairn explain web
                          cairn explain web /etc/hosts
                          cairn explain busybox /bin/sh --json
                          cairn explain network bridge
                          cairn explain port 8080
                          cairn explain port 127.0.0.1:53/udp""");
    }

    @Override
    public int run(Arguments given, Session session) {
        String ref = given.positional(0);
        String path = given.positionals().size() > 1 ? given.positional(1) : "";
        // A path of a container called network or port begins with a slash.
        boolean thing = !path.isEmpty() && !path.startsWith("/");
        if (thing && ref.equals("network")) {
            return show(
                    given,
                    session,
                    new Query("/cairn/explain/network").with("ref", path),
                    answer -> NetworkPicture.of(Json.read(BridgeExplanation.class, answer)));
        }
        if (thing && ref.equals("port")) {
            return show(
                    given,
                    session,
                    new Query("/cairn/explain/port").with("port", path),
                    answer -> PortPicture.of(Json.read(PortExplanation.class, answer)));
        }
        return show(given, session, new Query("/cairn/explain").with("ref", ref).given("path", path), Explain::picture);
    }

    private static int show(Arguments given, Session session, Query query, Function<byte[], String> picture) {
        byte[] answer = session.daemon().bytes("GET", query.toString(), null);
        session.out()
                .print(given.on("json") ? JsonText.indented(Tree.read(answer).value()) + "\n" : picture.apply(answer));
        return 0;
    }

    private static String picture(byte[] answer) {
        Tree tree = Tree.read(answer);
        if (tree.at("Path").there()) {
            return PathPicture.of(Json.read(PathExplanation.class, answer));
        }
        return tree.at("Overlay").there()
                ? ContainerPicture.of(Json.read(ContainerExplanation.class, answer))
                : ImagePicture.of(Json.read(ImageExplanation.class, answer));
    }
}
