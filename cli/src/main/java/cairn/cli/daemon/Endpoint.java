package cairn.cli.daemon;

import cairn.cli.CliException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The daemon's unix socket.
 *
 * @param chosen whether somebody named it, so that nobody expects a daemon to be started there
 */
public record Endpoint(Path socket, boolean chosen) {
    private static final String SCHEME = "unix://";
    private static final String SOCKET = "/run/cairn/cairn.sock";

    public static final String DEFAULT = SCHEME + SOCKET;

    /**
     * The last {@code -H}, else CAIRN_HOST, else DOCKER_HOST if that is a unix socket, else the default. Naming the default one
     * is not a choice.
     */
    public static Endpoint of(List<String> flags, Map<String, String> environment) {
        String docker = environment.getOrDefault("DOCKER_HOST", "");
        String host = docker.startsWith(SCHEME) ? docker : DEFAULT;
        String own = environment.getOrDefault("CAIRN_HOST", "");
        if (!own.isEmpty()) {
            host = own;
        }
        if (!flags.isEmpty()) {
            host = flags.getLast();
        }
        String path = host.startsWith(SCHEME) ? host.substring(SCHEME.length()) : host;
        if (!path.startsWith("/")) {
            throw new CliException(125, "cairn: invalid host '" + host + "': only unix:///PATH is served");
        }
        return new Endpoint(Path.of(path), !path.equals(SOCKET));
    }

    @Override
    public String toString() {
        return SCHEME + socket;
    }
}
