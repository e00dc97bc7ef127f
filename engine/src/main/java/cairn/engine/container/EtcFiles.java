package cairn.engine.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The three files that the engine keeps for a container and binds over its own: hosts, hostname, resolv.conf. */
final class EtcFiles {
    private static final Path HOST_RESOLV = Path.of("/etc/resolv.conf");
    /** Where systemd-resolved lists the servers behind its stub on 127.0.0.53. */
    private static final Path RESOLVED = Path.of("/run/systemd/resolve/resolv.conf");

    private static final String LOCAL = """
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::\tip6-localnet
            ff00::\tip6-mcastprefix
            ff02::1\tip6-allnodes
            ff02::2\tip6-allrouters
            """;

    private EtcFiles() {}

    /**
     * @param addresses of the container, none without a network of its own
     * @param extra {@code name:address} pairs
     * @param lines as they are
     */
    static void hosts(
            Path file,
            String hostname,
            String domainname,
            List<String> addresses,
            List<String> extra,
            List<String> lines)
            throws IOException {
        StringBuilder hosts = new StringBuilder(LOCAL);
        for (String pair : extra) {
            int split = pair.indexOf(':') < 0 ? pair.indexOf('=') : pair.indexOf(':');
            hosts.append(pair, split + 1, pair.length())
                    .append('\t')
                    .append(pair, 0, split)
                    .append('\n');
        }
        for (String line : lines) {
            hosts.append(line).append('\n');
        }
        for (String address : addresses) {
            hosts.append(address).append('\t');
            if (!domainname.isEmpty()) {
                hosts.append(hostname).append('.').append(domainname).append(' ');
            }
            hosts.append(hostname).append('\n');
        }
        Files.writeString(file, hosts);
    }

    /** With the host's network the container sees the host's own hosts file, plus what was asked for. */
    static void hostsOfHost(Path file, List<String> extra) throws IOException {
        StringBuilder hosts = new StringBuilder(
                Files.isReadable(Path.of("/etc/hosts")) ? Files.readString(Path.of("/etc/hosts")) : LOCAL);
        for (String pair : extra) {
            int split = pair.indexOf(':');
            hosts.append(pair, split + 1, pair.length())
                    .append('\t')
                    .append(pair, 0, split)
                    .append('\n');
        }
        Files.writeString(file, hosts);
    }

    static void hostname(Path file, String hostname) throws IOException {
        Files.writeString(file, hostname + "\n");
    }

    /**
     * The host's resolv.conf, without servers on its loopback, which the container cannot reach; each part replaced by
     * what was asked for.
     */
    static void resolvConf(
            Path file, boolean hostNetwork, List<String> servers, List<String> search, List<String> options)
            throws IOException {
        List<String> lines = hostLines();
        if (!hostNetwork && onlyLoopback(lines) && Files.isReadable(RESOLVED)) {
            lines = Files.readAllLines(RESOLVED);
        }
        List<String> out = new ArrayList<>();
        for (String line : lines) {
            boolean server = line.startsWith("nameserver");
            boolean replaced = server && (!servers.isEmpty() || !hostNetwork && loopback(line))
                    || line.startsWith("search") && !search.isEmpty()
                    || line.startsWith("options") && !options.isEmpty();
            if (!replaced && !line.isBlank() && !line.startsWith("#")) {
                out.add(line);
            }
        }
        for (String server : servers) {
            out.add("nameserver " + server);
        }
        if (!search.isEmpty() && !search.equals(List.of("."))) {
            out.add("search " + String.join(" ", search));
        }
        if (!options.isEmpty()) {
            out.add("options " + String.join(" ", options));
        }
        Files.writeString(file, String.join("\n", out) + "\n");
    }

    private static List<String> hostLines() throws IOException {
        return Files.isReadable(HOST_RESOLV) ? Files.readAllLines(HOST_RESOLV) : List.of();
    }

    private static boolean onlyLoopback(List<String> lines) {
        for (String line : lines) {
            if (line.startsWith("nameserver") && !loopback(line)) {
                return false;
            }
        }
        return true;
    }

    private static boolean loopback(String line) {
        String address = line.substring("nameserver".length()).strip();
        return address.startsWith("127.") || address.equals("::1");
    }
}
