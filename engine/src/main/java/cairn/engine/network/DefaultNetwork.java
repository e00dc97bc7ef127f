package cairn.engine.network;

import cairn.engine.error.Problem;
import cairn.linux.LinuxException;
import cairn.linux.Netlink;
import java.net.Inet4Address;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** The network called bridge. It has no record: its addresses follow from its bridge, while that is there, or else from the settings. */
final class DefaultNetwork {
    private final BridgeSettings settings;
    private final AddressSpace space;
    private final FirewallTable firewall;
    private final FirewallGuard guard;
    private final RandomGenerator random;
    private final Instant created;

    /** What there is once it is made. */
    record Made(Network network, Bridge bridge) {}

    DefaultNetwork(
            BridgeSettings settings,
            AddressSpace space,
            FirewallTable firewall,
            FirewallGuard guard,
            RandomGenerator random,
            Instant created) {
        this.settings = settings;
        this.space = space;
        this.firewall = firewall;
        this.guard = guard;
        this.random = random;
        this.created = created;
    }

    /** @param taken ranges that are not to be chosen, and who has them */
    Made make(String id, Function<Netlink, Map<Subnet, String>> taken) {
        InterfaceAddress address = address(taken);
        Bridge bridge = new Bridge(
                new Bridge.Plan(
                        id,
                        settings.name(),
                        settings.ours(),
                        new BridgeFamily(
                                address.subnet(), address.address(), true, GatewayMode.NAT, settings.masquerade()),
                        null,
                        settings.mtu(),
                        false,
                        true,
                        List.of(),
                        settings.forward()),
                firewall,
                guard,
                random);
        bridge.ensure();
        Map<String, String> options = new LinkedHashMap<>();
        options.put(BridgeOptions.DEFAULT, "true");
        options.put(BridgeOptions.ICC, "true");
        options.put(BridgeOptions.MASQUERADE, Boolean.toString(settings.masquerade()));
        options.put(BridgeOptions.NAME, settings.name());
        options.put(BridgeOptions.MTU, Integer.toString(settings.mtu()));
        Network made = new Network(
                id,
                Networks.BRIDGE,
                created,
                Network.Driver.BRIDGE,
                true,
                false,
                List.of(new Network.Pool(address.subnet(), null, address.address(), Map.of(), false)),
                false,
                false,
                false,
                "",
                options,
                Map.of(),
                Map.of(),
                true);
        return new Made(made, bridge);
    }

    private InterfaceAddress address(Function<Netlink, Map<Subnet, String>> taken) {
        try (Netlink netlink = Netlink.open()) {
            Netlink.Link link = netlink.link(settings.name());
            if (link != null) {
                for (Netlink.Address address : netlink.addresses()) {
                    if (address.index() == link.index() && address.address() instanceof Inet4Address) {
                        return new InterfaceAddress(address.address(), Subnet.of(address.address(), address.prefix()));
                    }
                }
            }
            if (settings.address() != null) {
                return settings.address();
            }
            Subnet chosen = space.choose(false, taken.apply(netlink));
            return new InterfaceAddress(chosen.at(1), chosen);
        } catch (LinuxException e) {
            throw new Problem.Internal("bridge " + settings.name() + ": " + e.getMessage()).exception(e);
        }
    }
}
