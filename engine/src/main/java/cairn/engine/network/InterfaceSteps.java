package cairn.engine.network;

import cairn.engine.plan.Op;
import cairn.engine.plan.Step;
import cairn.linux.RouteMessages;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The steps that set up interfaces in a container's network namespace. */
public final class InterfaceSteps {
    private static final int LOOPBACK = 1;
    private static final boolean IPV6 = Files.exists(Path.of("/proc/sys/net/ipv6"));

    private InterfaceSteps() {}

    /** The loopback's, in every new network namespace. */
    public static List<Step> loopback() {
        return List.of(Step.of(Op.NETLINK, -1, RouteMessages.setLinkUp(LOOPBACK)));
    }

    /** An interface that is there and down gets its addresses and what else is asked for, and is up. */
    static List<Step> addresses(String name, int index, EndpointRecord endpoint, InterfaceOptions options) {
        List<Step> steps = new ArrayList<>();
        InetAddress address = Subnet.literal(endpoint.address());
        InetAddress address6 = Subnet.literal(endpoint.address6());
        if (IPV6) {
            // Before it is up, so that it never has an address nor hears a router (CVE-2024-32473, CVE-2020-13401).
            String directory = "/proc/sys/net/ipv6/conf/" + name;
            steps.add(Step.of(Op.SYSCTL, directory + "/disable_ipv6", address6 == null ? "1" : "0"));
            if (address6 != null) {
                steps.add(Step.of(Op.SYSCTL, directory + "/accept_ra", "0"));
            }
        }
        if (address != null) {
            Subnet subnet = Subnet.of(address, endpoint.prefix());
            steps.add(Step.of(
                    Op.NETLINK,
                    -1,
                    RouteMessages.addAddress(
                            index, address, subnet.prefix(), subnet.prefix() < 31 ? subnet.last() : null)));
        }
        if (address6 != null) {
            steps.add(Step.of(Op.NETLINK, -1, RouteMessages.addAddress(index, address6, endpoint.prefix6(), null)));
        }
        steps.addAll(options.steps(name));
        // A route needs its link up; the flag in the link's own message does not take effect in the other namespace.
        steps.add(Step.of(Op.NETLINK, -1, RouteMessages.setLinkUp(index)));
        return steps;
    }

    /** The default route over an interface that is up. */
    static List<Step> outward(int index, @Nullable InetAddress gateway) {
        return gateway == null
                ? List.of()
                : List.of(Step.of(Op.NETLINK, -1, RouteMessages.addDefaultRoute(gateway, index)));
    }
}
