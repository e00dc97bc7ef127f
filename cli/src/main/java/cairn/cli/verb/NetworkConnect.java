package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.create.Body;
import cairn.cli.create.Networks;
import cairn.cli.daemon.Query;

/** {@code cairn network connect}. */
public final class NetworkConnect implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .of(Kind.STRINGS, "alias", "Further name of the container on the network")
                .of(Kind.STRINGS, "driver-opt", "KEY=VALUE, an option of the network's driver")
                .of(Kind.INT, "gw-priority", "0", "The network with the highest is the container's way out")
                .text("ip", "IPv4 address on the network")
                .text("ip6", "IPv6 address on the network")
                .of(Kind.LIST, "link", "Another container, with a name for it")
                .of(Kind.STRINGS, "link-local-ip", "Link-local address on the network");
        return Usage.of("NETWORK CONTAINER", 2, 2, flags).with("""
                        Examples:
                          cairn network connect back web
                          cairn network connect --ip 10.7.0.9 --alias db back postgres""");
    }

    @Override
    public int run(Arguments given, Session session) {
        Query query = new Query("/networks/").then(given.positional(0)).slash("connect");
        session.daemon()
                .call(
                        "POST",
                        query,
                        new Body()
                                .always("Container", given.positional(1))
                                .always("EndpointConfig", Networks.connection(given))
                                .members());
        return 0;
    }
}
