package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code cairn port}. */
public final class PortMappings implements Verb {
    /** A port and what leads to it. */
    private record Line(String port, String host) implements Comparable<Line> {
        private int number() {
            return Integer.parseInt(port.substring(0, port.indexOf('/')));
        }

        @Override
        public int compareTo(Line other) {
            int byNumber = Integer.compare(number(), other.number());
            return byNumber != 0 ? byNumber : toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return port + " -> " + host;
        }
    }

    @Override
    public Usage usage() {
        return Usage.of("CONTAINER [PRIVATE_PORT[/PROTO]]", 1, 2, new Flags()).with("""
                        Examples:
                          cairn port web       all published ports of the container
                          cairn port web 80    where its port 80/tcp is to be found on the host""");
    }

    @Override
    public int run(Arguments given, Session session) {
        String container = given.positional(0);
        Map<String, Tree> ports = session.daemon()
                .get(Query.container(container, "/json"))
                .at("NetworkSettings", "Ports")
                .members();
        if (given.positionals().size() > 1) {
            String wanted = given.positional(1);
            Tree bindings = ports.get(wanted.indexOf('/') < 0 ? wanted + "/tcp" : wanted);
            if (bindings == null || bindings.items().isEmpty()) {
                throw new CliException("no public port '" + wanted + "' published for " + container);
            }
            for (Tree binding : bindings.items()) {
                session.out().println(host(binding));
            }
            return 0;
        }
        List<Line> lines = new ArrayList<>();
        for (Map.Entry<String, Tree> entry : ports.entrySet()) {
            for (Tree binding : entry.getValue().items()) {
                lines.add(new Line(entry.getKey(), host(binding)));
            }
        }
        lines.sort(null);
        for (Line line : lines) {
            session.out().println(line);
        }
        return 0;
    }

    private static String host(Tree binding) {
        String ip = binding.at("HostIp").text();
        return (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":"
                + binding.at("HostPort").text();
    }
}
