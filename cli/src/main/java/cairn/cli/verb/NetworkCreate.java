package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.create.NetworkRequest;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;

/** {@code cairn network create}. */
public final class NetworkCreate implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("NETWORK", 1, 1, NetworkRequest.flags()).with("""
                        Examples:
                          cairn network create front
                          cairn network create --internal --subnet 10.7.0.0/24 back
                          cairn network create --ipv6 both
                          cairn network create -d macvlan --subnet 192.168.7.0/24 -o parent=eth0 lan""");
    }

    @Override
    public int run(Arguments given, Session session) {
        Tree made = session.daemon().call("POST", new Query("/networks/create"), NetworkRequest.of(given));
        String warning = made.at("Warning").text();
        if (!warning.isEmpty()) {
            session.err().println("WARNING: " + warning);
        }
        session.out().println(made.at("Id").text());
        return 0;
    }
}
