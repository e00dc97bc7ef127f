package cairn.engine.network;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the daemon's flags say about the default network.
 *
 * @param name of the bridge; {@code none} switches the network off
 * @param ours whether the engine may make and remove it; a bridge that the user named is his
 * @param address of the bridge and its subnet, null to choose one
 * @param firewall whether there may be a table of ours in the firewall; without one published ports go through user space
 * @param masquerade whether what leaves the bridge gets the host's address
 * @param pools where subnets are chosen from, each cut into networks of its second number's prefix
 */
public record BridgeSettings(
        String name,
        boolean ours,
        @Nullable InterfaceAddress address,
        List<Pool> pools,
        int mtu,
        boolean firewall,
        boolean masquerade,
        boolean forward) {
    /** A range that is cut into subnets with this prefix length. */
    public record Pool(Subnet range, int prefix) {}

    public static final String OFF = "none";

    /** Docker's: 172.17 to 172.31 in /16, then 192.168 in /20. */
    public static final List<Pool> DEFAULT_POOLS = List.of(
            new Pool(Subnet.parse("pool", "172.17.0.0/16").subnet(), 16),
            new Pool(Subnet.parse("pool", "172.18.0.0/16").subnet(), 16),
            new Pool(Subnet.parse("pool", "172.19.0.0/16").subnet(), 16),
            new Pool(Subnet.parse("pool", "172.20.0.0/14").subnet(), 16),
            new Pool(Subnet.parse("pool", "172.24.0.0/14").subnet(), 16),
            new Pool(Subnet.parse("pool", "172.28.0.0/14").subnet(), 16),
            new Pool(Subnet.parse("pool", "192.168.0.0/16").subnet(), 20));

    public BridgeSettings {
        pools = List.copyOf(pools);
    }
}
