package cairn.engine.name;

import java.net.InetAddress;
import java.util.List;

/**
 * Whom to ask for what the table does not know.
 *
 * @param servers in the order in which they are asked; those behind the third are not
 * @param ndotsSet whether somebody wants names without a point to be tried with the search domains first: they are not asked for then
 */
public record Upstream(List<Server> servers, boolean ndotsSet) {
    private static final int MOST = 3;

    /** @param fromHost whether it can be reached from the host's network namespace only, such as one on its loopback */
    public record Server(InetAddress address, int port, boolean fromHost) {}

    public Upstream {
        servers = servers.stream().limit(MOST).toList();
    }
}
