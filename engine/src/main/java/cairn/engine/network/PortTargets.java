package cairn.engine.network;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where packets for a container's published ports go: its places on the networks that lead out of it, one for each family, which may be
 * different networks.
 *
 * @param ipv4 null where nothing leads out over IPv4; @param ipv6 the same for IPv6
 */
public record PortTargets(
        @Nullable EndpointRecord ipv4, @Nullable EndpointRecord ipv6) {
    public @Nullable InetAddress address4() {
        return ipv4 == null ? null : Subnet.literal(ipv4.address());
    }

    public @Nullable InetAddress address6() {
        return ipv6 == null ? null : Subnet.literal(ipv6.address6());
    }

    /** Where what comes to an address of the host goes: containers without IPv6 are reached over IPv4 also from there. */
    @Nullable
    InetAddress behind(InetAddress host) {
        InetAddress address6 = address6();
        return Subnet.v6(host) && address6 != null ? address6 : address4();
    }

    /** Whose problem it is when a port cannot be had; null if the container has no way out. */
    public @Nullable EndpointRecord first() {
        return ipv4 == null ? ipv6 : ipv4;
    }
}
