package cairn.engine.network;

import cairn.engine.error.Problem;
import cairn.engine.plan.Step;
import cairn.linux.Errno;
import cairn.linux.LinuxException;
import cairn.linux.MacAddress;
import cairn.linux.Netlink;
import cairn.linux.NetworkNamespace;
import cairn.linux.PatchedMessage;
import cairn.linux.RouteMessages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The network namespace of a container that runs: here the engine carries out itself what a launch leaves to the shim.
 *
 * @param pid of a process in it; @param startTime of that process
 */
public record RunningNamespace(int pid, long startTime) {
    private static final String THREAD = "cairn-netns";

    /** The interface that comes next, as {@link Networks#attach} wants it. */
    public record Free(int number, int index) {}

    /** @param prefix of the interface's name */
    public Free free(String prefix) {
        List<Netlink.Link> links = call(Netlink::links);
        int number = 0;
        int index = 1;
        for (Netlink.Link link : links) {
            index = Math.max(index, link.index());
        }
        boolean taken = true;
        while (taken) {
            String name = prefix + number;
            taken = links.stream().anyMatch(link -> link.name().equals(name));
            number += taken ? 1 : 0;
        }
        return new Free(number, index + 1);
    }

    private void run(java.util.function.Consumer<Netlink> work) {
        boolean _ = call(netlink -> {
            work.accept(netlink);
            return true;
        });
    }

    private <T> T call(java.util.function.Function<Netlink, T> work) {
        try {
            return NetworkNamespace.call(THREAD, pid, startTime, () -> {
                try (Netlink netlink = Netlink.open()) {
                    return work.apply(netlink);
                }
            });
        } catch (LinuxException e) {
            throw new Problem.Internal("network namespace of process " + pid + ": " + e.getMessage()).exception(e);
        }
    }

    /** Makes the container's link, and sets it up inside. */
    public void connect(Endpoint endpoint) {
        try (Netlink host = Netlink.open()) {
            for (Step step : endpoint.connect()) {
                host.send(message(step));
            }
        } catch (LinuxException e) {
            throw switch (e.errno()) {
                case Errno.EXFULL -> new Problem.Internal("failed to connect: " + Networks.FULL).exception(e);
                case Errno.EEXIST ->
                    new Problem.Forbidden("failed to connect: the container has an interface of that name already")
                            .exception(e);
                default -> new Problem.Internal("failed to connect: " + e.getMessage()).exception(e);
            };
        }
        carryOut(endpoint.inside());
    }

    private byte[] message(Step step) {
        int offset = ((Long) step.arguments().get(0)).intValue();
        byte[] bytes = (byte[]) step.arguments().get(1);
        return offset < 0 ? bytes : new PatchedMessage(bytes, offset).withPid(pid);
    }

    private void carryOut(List<Step> steps) {
        run(netlink -> {
            for (Step step : steps) {
                carryOut(netlink, step);
            }
        });
    }

    private void carryOut(Netlink netlink, Step step) {
        switch (step.op()) {
            case NETLINK -> netlink.send(message(step));
            case SYSCTL -> {
                Path file = Path.of((String) step.arguments().get(0));
                try {
                    Files.writeString(file, (String) step.arguments().get(1));
                } catch (IOException e) {
                    throw new UncheckedIOException("write " + file, e);
                }
            }
            default -> throw new IllegalArgumentException("not a step of a network: " + step);
        }
    }

    /** Takes a link away that has no end on the host; the one that has an endpoint's address, or else its MAC. */
    public void disconnect(EndpointRecord endpoint) {
        run(netlink -> {
            Netlink.Link link = link(netlink, endpoint);
            if (link != null) {
                netlink.send(RouteMessages.deleteLink(link.name()));
            }
        });
    }

    /** Whether the container has the link of an endpoint. */
    public boolean has(EndpointRecord endpoint) {
        return call(netlink -> link(netlink, endpoint) != null);
    }

    private static Netlink.@Nullable Link link(Netlink netlink, EndpointRecord endpoint) {
        Map<Integer, Netlink.Link> links = new HashMap<>();
        for (Netlink.Link link : netlink.links()) {
            links.put(link.index(), link);
        }
        InetAddress ipv4 = Subnet.literal(endpoint.address());
        InetAddress ipv6 = Subnet.literal(endpoint.address6());
        for (Netlink.Address address : netlink.addresses()) {
            if (address.address().equals(ipv4) || address.address().equals(ipv6)) {
                return links.get(address.index());
            }
        }
        // Somebody inside may have taken the address away.
        MacAddress mac = endpoint.macAddress().isEmpty() ? null : MacAddress.parse(endpoint.macAddress());
        for (Netlink.Link link : links.values()) {
            if (mac != null && mac.equals(link.mac())) {
                return link;
            }
        }
        return null;
    }

    /** Makes an endpoint's gateways the default routes, in the place of what there was. Null for a family that no network leads out of. */
    public void outward(@Nullable EndpointRecord ipv4, @Nullable EndpointRecord ipv6) {
        run(netlink -> {
            outward(netlink, false, ipv4, ipv4 == null ? "" : ipv4.gateway());
            outward(netlink, true, ipv6, ipv6 == null ? "" : ipv6.gateway6());
        });
    }

    private static void outward(Netlink netlink, boolean v6, @Nullable EndpointRecord endpoint, String gateway) {
        InetAddress wanted = Subnet.literal(gateway);
        for (Netlink.Route route : netlink.routes()) {
            if (route.destination() == null && wanted != null && wanted.equals(route.gateway())) {
                return; // Nothing is lost on the way where nothing changes.
            }
        }
        try {
            netlink.send(RouteMessages.deleteDefaultRoute(v6));
        } catch (LinuxException e) {
            if (e.errno() != Errno.ESRCH && e.errno() != Errno.EAFNOSUPPORT && e.errno() != Errno.ENOTSUP) {
                throw e;
            }
        }
        InetAddress address = Subnet.literal(gateway);
        Netlink.Link link = endpoint == null ? null : link(netlink, endpoint);
        if (address == null || link == null) {
            return;
        }
        try {
            netlink.send(RouteMessages.addDefaultRoute(address, link.index()));
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENETUNREACH) {
                throw e;
            }
            // Where packets are routed and not switched nobody has the gateway's address.
            netlink.send(RouteMessages.addLinkDefaultRoute(v6, link.index()));
        }
    }
}
