package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.network.EndpointRecord;
import cairn.engine.network.InterfaceOptions;
import cairn.engine.network.Networks;
import cairn.engine.network.Subnet;
import cairn.linux.MacAddress;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.HostConfig;
import cairn.wire.network.EndpointIpamConfig;
import cairn.wire.network.EndpointSettings;
import cairn.wire.network.EndpointSettingsBuilder;
import cairn.wire.network.NetworkingConfig;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Which networks a container is in, as its request says, checked by Docker's rules and in its words. */
final class Memberships {
    /** What a client sends where it names no network. */
    private static final String DEFAULT = "default";

    private Memberships() {}

    /**
     * The network mode's own first, the others by name.
     *
     * @param names from a reference to a network's name; a reference to none stays as it is, and the start will tell
     */
    static List<Membership> of(
            HostConfig host,
            ContainerConfig config,
            @Nullable NetworkingConfig networking,
            UnaryOperator<String> names) {
        String mode = NetworkMode.of(host).networkName();
        Map<String, EndpointSettings> asked = new TreeMap<>();
        if (networking != null) {
            networking
                    .endpointsConfig()
                    .forEach((ref, settings) ->
                            asked.put(ref.equals(DEFAULT) ? Networks.BRIDGE : names.apply(ref), settings));
        }
        if (mode == null) {
            if (asked.size() > 1) {
                throw shared();
            }
            return List.of();
        }
        String main = names.apply(mode);
        EndpointSettings first = asked.remove(main);
        List<Membership> memberships = new ArrayList<>();
        EndpointSettings own = first == null ? EndpointSettingsBuilder.builder().build() : first;
        memberships.add(new Membership(main, checked(main, withMac(own, config)), null));
        asked.forEach((name, settings) -> {
            memberships.add(new Membership(name, checked(name, settings), null));
            checkTogether(main, name);
        });
        Set<String> _ = interfaceNames(memberships);
        return memberships;
    }

    private static EngineException shared() {
        return new Problem.InvalidParameter("container sharing network namespace with another container or host cannot"
                        + " be connected to any other network")
                .exception();
    }

    /** Whether a container can be in both networks. */
    static void checkTogether(String one, String other) {
        if (one.equals(Networks.HOST) || other.equals(Networks.HOST)) {
            throw shared();
        }
        if (one.equals(Networks.NONE) || other.equals(Networks.NONE)) {
            throw new Problem.InvalidParameter("container cannot be connected to multiple networks with one of the"
                            + " networks in private (none) mode")
                    .exception();
        }
    }

    private static EndpointSettings withMac(EndpointSettings settings, ContainerConfig config) {
        if (config.macAddress().isEmpty()) {
            return settings;
        }
        if (!settings.macAddress().isEmpty() && !settings.macAddress().equalsIgnoreCase(config.macAddress())) {
            throw new Problem.InvalidParameter("the container-wide MAC address must match the endpoint-specific MAC"
                            + " address for the main network, or be left empty")
                    .exception();
        }
        return EndpointSettingsBuilder.builder(settings)
                .macAddress(config.macAddress())
                .build();
    }

    /** What was asked for and nothing else. */
    static EndpointSettings checked(String network, EndpointSettings asked) {
        EndpointIpamConfig addresses = asked.ipamConfig();
        boolean userDefined = userDefined(network);
        if (addresses != null) {
            boolean wanted = !addresses.ipv4Address().isEmpty()
                    || !addresses.ipv6Address().isEmpty();
            if (wanted && !userDefined) {
                throw invalid(network, "user specified IP address is supported on user defined networks only");
            }
            if (!addresses.ipv4Address().isEmpty()
                    && !(Subnet.literal(addresses.ipv4Address()) instanceof Inet4Address)) {
                throw invalid(network, "invalid IPv4 address: " + addresses.ipv4Address());
            }
            InetAddress ipv6 = Subnet.literal(addresses.ipv6Address());
            if (!addresses.ipv6Address().isEmpty() && (ipv6 == null || ipv6 instanceof Inet4Address)) {
                throw invalid(network, "invalid IPv6 address: " + addresses.ipv6Address());
            }
            if (addresses.linkLocalIps() != null && !addresses.linkLocalIps().isEmpty()) {
                throw new Problem.NotSupported("--link-local-ip: not supported by this version of Cairn").exception();
            }
            if (!wanted) {
                addresses = null;
            }
        }
        List<String> aliases = asked.aliases() == null || asked.aliases().isEmpty() ? null : asked.aliases();
        if (aliases != null && !userDefined) {
            throw invalid(network, "network-scoped aliases are only supported for user-defined networks");
        }
        try {
            InterfaceOptions _ = InterfaceOptions.of(asked.driverOpts());
        } catch (IllegalArgumentException e) {
            throw invalid(network, String.valueOf(e.getMessage()));
        }
        mac(asked);
        return EndpointSettingsBuilder.builder()
                .ipamConfig(addresses)
                .links(asked.links() == null || asked.links().isEmpty() ? null : asked.links())
                .aliases(aliases)
                .macAddress(asked.macAddress())
                .driverOpts(asked.driverOpts() == null || asked.driverOpts().isEmpty() ? null : asked.driverOpts())
                .gwPriority(asked.gwPriority())
                .build();
    }

    /** What is asked of a container's interface; checked when it was asked. */
    static InterfaceOptions options(Membership membership) {
        return InterfaceOptions.of(membership.asked().driverOpts());
    }

    /** Those that are asked for. @throws EngineException InvalidParameter for one that is asked for twice */
    static Set<String> interfaceNames(List<Membership> memberships) {
        Set<String> names = new LinkedHashSet<>();
        for (Membership membership : memberships) {
            String name = options(membership).name();
            if (!name.isEmpty() && !names.add(name)) {
                throw invalid(membership.network(), "interface name " + name + " is asked for on two networks");
            }
        }
        return names;
    }

    private static EngineException invalid(String network, String why) {
        return new Problem.InvalidParameter(
                        "invalid config for network " + network + ": invalid endpoint settings:\n" + why)
                .exception();
    }

    static @Nullable MacAddress mac(EndpointSettings asked) {
        if (asked.macAddress().isEmpty()) {
            return null;
        }
        try {
            return MacAddress.parse(asked.macAddress());
        } catch (IllegalArgumentException e) {
            throw new Problem.InvalidParameter("invalid MAC address: " + asked.macAddress()).exception(e);
        }
    }

    /** From aliases to the containers that they stand for. */
    static Map<String, String> links(EndpointSettings asked) {
        Map<String, String> links = new TreeMap<>();
        for (String link : asked.links() == null ? List.<String>of() : asked.links()) {
            int colon = link.indexOf(':');
            links.put(link.substring(colon + 1), colon < 0 ? link : link.substring(0, colon));
        }
        return links;
    }

    /** Whether names are resolved on it, and addresses may be asked for. */
    static boolean userDefined(String network) {
        return !network.equals(Networks.BRIDGE) && !network.equals(Networks.HOST) && !network.equals(Networks.NONE);
    }

    /** By which a container is known on a network, the best first; null where names are not resolved. */
    static @Nullable List<String> names(Container container, Membership membership) {
        if (!userDefined(membership.network())) {
            return null;
        }
        Set<String> names = new LinkedHashSet<>();
        names.add(container.name());
        if (membership.asked().aliases() != null) {
            names.addAll(membership.asked().aliases());
        }
        names.add(container.shortId());
        if (!container.config().hostname().isEmpty()) {
            names.add(container.config().hostname());
        }
        return List.copyOf(names);
    }

    /** moby's order of networks by which a container's way out is chosen. */
    private static final Comparator<Membership> OUTWARD = Comparator.comparingInt(
                    (Membership membership) -> -membership.asked().gwPriority())
            .thenComparingInt(membership -> both(membership.endpoint()) ? 0 : 1)
            .thenComparing(Membership::network);

    private static boolean both(@Nullable EndpointRecord endpoint) {
        return endpoint != null
                && !endpoint.gateway().isEmpty()
                && !endpoint.gateway6().isEmpty();
    }

    /** The one whose gateway is a container's default route; null if no network leads out. */
    static @Nullable Membership outward(List<Membership> memberships, boolean v6) {
        Membership best = null;
        for (Membership membership : memberships) {
            EndpointRecord endpoint = membership.endpoint();
            boolean leads = endpoint != null && !(v6 ? endpoint.gateway6() : endpoint.gateway()).isEmpty();
            if (leads && (best == null || OUTWARD.compare(membership, best) < 0)) {
                best = membership;
            }
        }
        return best;
    }
}
