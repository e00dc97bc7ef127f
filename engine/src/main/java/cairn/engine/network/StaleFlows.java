package cairn.engine.network;

import cairn.linux.KernelThread;
import cairn.linux.LinuxException;
import cairn.linux.Netlink;
import cairn.linux.UdpFlows;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/**
 * A client that keeps sending datagrams to a published port stays with the container that its first one was led to, even when that is gone and
 * its address another one's: connection tracking asks no rule again. So the flows are forgotten when ports come and go. What TCP has to say
 * of such changes, it says by itself.
 */
final class StaleFlows {
    private static final System.Logger LOG = System.getLogger(StaleFlows.class.getName());

    private StaleFlows() {}

    /** Of a container without UDP ports this costs nothing. @param ports that lead to it from now on */
    static void published(List<PublishedPort> ports) {
        List<PublishedPort> led = ports.stream()
                .filter(port ->
                        isUdp(port) && !port.routed() && !port.hostAddress().isLoopbackAddress())
                .toList();
        if (led.isEmpty()) {
            return;
        }
        forget(() -> {
            Set<InetAddress> own = hostAddresses();
            int forgotten = 0;
            for (boolean v6 : new boolean[] {false, true}) {
                Set<InetAddress> addresses = led.stream()
                        .map(PublishedPort::hostAddress)
                        .filter(address -> Subnet.v6(address) == v6)
                        .collect(Collectors.toSet());
                for (InetAddress address : addresses) {
                    Set<Integer> numbers = led.stream()
                            .filter(port -> port.hostAddress().equals(address))
                            .map(PublishedPort::hostPort)
                            .collect(Collectors.toCollection(TreeSet::new));
                    // Others' flows through the host to the same ports elsewhere go on.
                    forgotten +=
                            UdpFlows.forget(v6, numbers, address.isAnyLocalAddress() ? own::contains : address::equals);
                }
            }
            return forgotten;
        });
    }

    /** Its ports lead nowhere any more. */
    static void withdrawn(PortTargets targets, List<PublishedPort> ports) {
        if (ports.stream().noneMatch(StaleFlows::isUdp)) {
            return;
        }
        forget(() -> {
            int forgotten = 0;
            for (InetAddress address : new InetAddress[] {targets.address4(), targets.address6()}) {
                forgotten += address == null ? 0 : UdpFlows.forget(address);
            }
            return forgotten;
        });
    }

    private static boolean isUdp(PublishedPort port) {
        return port.port().transport() == Transport.UDP;
    }

    private static Set<InetAddress> hostAddresses() {
        try (Netlink netlink = Netlink.open()) {
            return netlink.addresses().stream().map(Netlink.Address::address).collect(Collectors.toSet());
        }
    }

    /** Where there is no connection tracking, nothing is remembered. */
    private static void forget(IntSupplier work) {
        try {
            int forgotten = KernelThread.call("cairn-flows", work::getAsInt);
            LOG.log(System.Logger.Level.DEBUG, "{0} flows of UDP are forgotten", forgotten);
        } catch (LinuxException e) {
            LOG.log(System.Logger.Level.INFO, "flows of UDP are not forgotten: {0}", e.getMessage());
        }
    }
}
