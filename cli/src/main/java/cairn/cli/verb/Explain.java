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
import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;
import cairn.wire.Json;
import cairn.wire.explain.BridgeExplanation;
import cairn.wire.explain.ContainerExplanation;
import cairn.wire.explain.ImageExplanation;
import cairn.wire.explain.PathExplanation;

/** {@code cairn explain}. */
public final class Explain implements Verb {
    @Override
    public Usage usage() {
        return Usage.of(
                        "CONTAINER|IMAGE [PATH] | network NETWORK",
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

                        Examples:
                          cairn explain busybox
                          cairn explain web
                          cairn explain web /etc/hosts
                          cairn explain busybox /bin/sh --json
                          cairn explain network bridge""");
    }

    @Override
    public int run(Arguments given, Session session) {
        String path = given.positionals().size() > 1 ? given.positional(1) : "";
        // A path of a container called network begins with a slash.
        boolean network = given.positional(0).equals("network") && !path.isEmpty() && !path.startsWith("/");
        Query query = network
                ? new Query("/cairn/explain/network").with("ref", path)
                : new Query("/cairn/explain").with("ref", given.positional(0)).given("path", path);
        byte[] answer = session.daemon().bytes("GET", query.toString(), null);
        session.out()
                .print(given.on("json") ? JsonText.indented(Tree.read(answer).value()) + "\n" : picture(answer));
        return 0;
    }

    private static String picture(byte[] answer) {
        Tree tree = Tree.read(answer);
        if (tree.at("Subnets").there()) {
            return NetworkPicture.of(Json.read(BridgeExplanation.class, answer));
        }
        if (tree.at("Path").there()) {
            return PathPicture.of(Json.read(PathExplanation.class, answer));
        }
        return tree.at("Overlay").there()
                ? ContainerPicture.of(Json.read(ContainerExplanation.class, answer))
                : ImagePicture.of(Json.read(ImageExplanation.class, answer));
    }
}
