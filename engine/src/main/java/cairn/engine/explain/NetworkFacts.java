package cairn.engine.explain;

import cairn.engine.container.Container;
import cairn.engine.container.Membership;
import cairn.engine.network.EndpointRecord;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.wire.explain.NetworkExplanation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A container's place on the network. The two ends of a veth pair are matched by the numbers that sysfs shows on both sides, read in
 * the container's own sysfs: the daemon need not enter its namespace.
 */
final class NetworkFacts {
    private static final Path HOST = Path.of("/sys/class/net");
    private static final int MAX_FILE = 4096;

    /** An interface of the container; peer is the number of the other end where it has one. */
    private record Interface(String name, int index, int peer) {}

    private NetworkFacts() {}

    /** @param root of its first process; null unless it runs */
    static NetworkExplanation of(Container container, @Nullable InRoot root) {
        String configured = container.hostConfig().networkMode();
        String mode = configured.isEmpty() || configured.equals("default") ? "bridge" : configured;
        Interface inside = root == null || !container.connected() ? null : first(root);
        String outside = inside == null ? "" : peer(inside);
        EndpointRecord place = place(container);
        return new NetworkExplanation(
                mode,
                inside == null ? "" : inside.name,
                place == null ? "" : place.address(),
                place == null ? 0 : place.prefix(),
                place == null ? "" : place.gateway(),
                place == null ? "" : place.macAddress(),
                outside,
                outside.isEmpty() ? "" : bridge(outside));
    }

    private static @Nullable EndpointRecord place(Container container) {
        for (Membership membership : container.networks()) {
            EndpointRecord endpoint = membership.endpoint();
            if (endpoint != null && !endpoint.address().isEmpty()) {
                return endpoint;
            }
        }
        return null;
    }

    /** The first beside the loopback; null if there is none, or if the container shows something else in the place of sysfs. */
    private static @Nullable Interface first(InRoot root) {
        try {
            for (String name : root.list(HOST.toString())) {
                int index = number(root, HOST + "/" + name + "/ifindex");
                int peer = number(root, HOST + "/" + name + "/iflink");
                if (!name.equals("lo") && index > 0) {
                    return new Interface(name, index, peer);
                }
            }
        } catch (LinuxException e) {
            // Nothing there to be read.
        }
        return null;
    }

    private static int number(InRoot root, String path) {
        byte[] content = root.readSmallFile(path, MAX_FILE);
        return content == null ? -1 : number(new String(content, StandardCharsets.US_ASCII));
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The host's interface with that number which names the container's in turn; empty if there is none. */
    private static String peer(Interface inside) {
        try (DirectoryStream<Path> interfaces = Files.newDirectoryStream(HOST)) {
            for (Path one : interfaces) {
                if (inside.peer != inside.index
                        && number(ProcFile.text(one + "/ifindex")) == inside.peer
                        && number(ProcFile.text(one + "/iflink")) == inside.index) {
                    return String.valueOf(one.getFileName());
                }
            }
        } catch (IOException e) {
            // No sysfs on this machine.
        }
        return "";
    }

    private static String bridge(String name) {
        try {
            Path master = HOST.resolve(name).resolve("master").toRealPath();
            return String.valueOf(master.getFileName());
        } catch (IOException e) {
            return "";
        }
    }
}
