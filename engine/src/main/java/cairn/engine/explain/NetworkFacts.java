package cairn.engine.explain;

import cairn.engine.container.Container;
import cairn.engine.container.Membership;
import cairn.engine.network.EndpointRecord;
import cairn.engine.network.Networks;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.wire.explain.InterfaceExplanation;
import cairn.wire.explain.NetworkExplanation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A container's places on networks. Its interfaces are told by their hardware addresses, the two ends of a veth pair by the numbers that sysfs
 * shows on both sides, read in the container's own sysfs: the daemon need not enter its namespace.
 */
final class NetworkFacts {
    private static final Path HOST = Path.of("/sys/class/net");
    private static final int MAX_FILE = 4096;

    /** An interface of the container; peer is the number of the other end where it has one. */
    private record Interface(String name, int index, int peer, String mac) {}

    private NetworkFacts() {}

    /** @param root of its first process; null unless it runs */
    static NetworkExplanation of(Container container, @Nullable InRoot root) {
        String configured = container.hostConfig().networkMode();
        String mode = configured.isEmpty() || configured.equals("default") ? Networks.BRIDGE : configured;
        List<Interface> inside = root == null || !container.connected() ? List.of() : interfaces(root);
        List<InterfaceExplanation> places = new ArrayList<>();
        for (Membership membership : container.networks()) {
            EndpointRecord endpoint = membership.endpoint();
            if (endpoint != null && !(endpoint.address() + endpoint.address6()).isEmpty()) {
                places.add(place(container, membership.network(), endpoint, inside));
            }
        }
        return new NetworkExplanation(mode, places);
    }

    private static InterfaceExplanation place(
            Container container, String network, EndpointRecord endpoint, List<Interface> inside) {
        Interface own = inside.stream()
                .filter(one -> one.mac.equals(endpoint.macAddress()))
                .findFirst()
                .orElse(null);
        String outside = own == null ? "" : peer(own);
        return new InterfaceExplanation(
                network,
                own == null ? "" : own.name,
                texts(
                        endpoint.address().isEmpty() ? "" : endpoint.address() + "/" + endpoint.prefix(),
                        endpoint.address6().isEmpty() ? "" : endpoint.address6() + "/" + endpoint.prefix6()),
                texts(endpoint.gateway(), endpoint.gateway6()),
                endpoint.equals(container.wayOut(false)) || endpoint.equals(container.wayOut(true)),
                endpoint.macAddress(),
                outside,
                outside.isEmpty() ? "" : bridge(outside));
    }

    private static List<String> texts(String one, String other) {
        return Stream.of(one, other).filter(text -> !text.isEmpty()).toList();
    }

    /** Those beside the loopback; none if the container shows something else in the place of sysfs. */
    private static List<Interface> interfaces(InRoot root) {
        List<Interface> found = new ArrayList<>();
        try {
            for (String name : root.list(HOST.toString())) {
                int index = number(root, HOST + "/" + name + "/ifindex");
                int peer = number(root, HOST + "/" + name + "/iflink");
                if (!name.equals("lo") && index > 0) {
                    found.add(new Interface(name, index, peer, text(root, HOST + "/" + name + "/address")));
                }
            }
        } catch (LinuxException e) {
            // Nothing there to be read.
        }
        return found;
    }

    private static String text(InRoot root, String path) {
        byte[] content = root.readSmallFile(path, MAX_FILE);
        return content == null ? "" : new String(content, StandardCharsets.US_ASCII).strip();
    }

    private static int number(InRoot root, String path) {
        return number(text(root, path));
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
