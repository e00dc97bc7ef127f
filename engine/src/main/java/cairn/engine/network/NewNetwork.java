package cairn.engine.network;

import cairn.engine.error.Problem;
import cairn.wire.network.CreateNetworkRequest;
import cairn.wire.network.Ipam;
import cairn.wire.network.IpamPool;
import java.math.BigInteger;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes a checked record of a create request, in Docker's words. */
final class NewNetwork {
    private NewNetwork() {}

    /**
     * @param choose a free range of a family, asked for where the request names none
     * @param existing by name, for configuration networks
     */
    static Network of(
            String id,
            Instant now,
            CreateNetworkRequest request,
            Function<Boolean, Subnet> choose,
            Function<String, @Nullable Network> existing) {
        if (request.ingress()) {
            throw new Problem.Forbidden("Ingress network can only be global scope network").exception();
        }
        if (!request.scope().isEmpty() && !request.scope().equals("local")) {
            throw new Problem.Forbidden("cannot create a swarm scoped network when swarm is not active").exception();
        }
        Network.Driver driver = driver(request);
        boolean ipv4 = request.enableIpv4() == null || request.enableIpv4();
        boolean ipv6 = Boolean.TRUE.equals(request.enableIpv6());
        Ipam ipam = request.ipam() == null ? Ipam.EMPTY : request.ipam();
        if (!ipam.driver().isEmpty() && !ipam.driver().equals("default")) {
            throw new Problem.InvalidParameter("invalid ipam driver: \"" + ipam.driver() + "\"").exception();
        }
        Map<String, String> options = request.options() == null ? Map.of() : request.options();
        Map<String, String> labels = request.labels() == null ? Map.of() : request.labels();
        Map<String, String> ipamOptions = ipam.options() == null ? Map.of() : ipam.options();
        List<IpamPool> asked = ipam.config() == null ? List.of() : ipam.config();
        String from = request.configFrom() == null ? "" : request.configFrom().network();
        List<Network.Pool> pools;
        if (request.configOnly()) {
            configOnly(request, from);
            pools = given(asked, ipv6);
        } else if (!from.isEmpty()) {
            Network config = config(request, asked, from, existing);
            ipv4 = config.ipv4();
            ipv6 = config.ipv6();
            options = config.options();
            ipamOptions = config.ipamOptions();
            labels = new LinkedHashMap<>(config.labels());
            pools = complete(config.pools(), families(driver, request.internal(), options, ipv4, ipv6), choose);
        } else {
            pools = complete(given(asked, ipv6), families(driver, request.internal(), options, ipv4, ipv6), choose);
        }
        if (!ipv4 && !ipv6) {
            throw new Problem.InvalidParameter("IPv4 or IPv6 must be enabled").exception();
        }
        return new Network(
                id,
                request.name(),
                now,
                driver,
                ipv4,
                ipv6,
                pools,
                // Without a parent there is no way out.
                request.internal(),
                request.attachable(),
                request.configOnly(),
                from,
                options,
                labels,
                ipamOptions,
                false);
    }

    /** A family of addresses that a network is to have. @param gateway whether it gets one that nobody has asked for */
    private record Family(boolean v6, boolean gateway, Network.Driver driver) {}

    private static List<Family> families(
            Network.Driver driver, boolean internal, Map<String, String> texts, boolean ipv4, boolean ipv6) {
        BridgeOptions options = driver == Network.Driver.BRIDGE ? BridgeOptions.of(texts) : null;
        List<Family> families = new ArrayList<>();
        for (boolean v6 : new boolean[] {false, true}) {
            if (options != null && options.mode(v6) == GatewayMode.ISOLATED && !internal) {
                throw new Problem.Internal("gateway mode 'isolated' can only be used for an internal network")
                        .exception();
            }
            if (v6 ? ipv6 : ipv4) {
                families.add(new Family(v6, options == null || options.wantsGateway(v6, internal), driver));
            }
        }
        return families;
    }

    private static Network.Driver driver(CreateNetworkRequest request) {
        String name = request.configOnly() ? "null" : request.driver().isEmpty() ? "bridge" : request.driver();
        if (name.equals("overlay")) {
            throw new Problem.Forbidden("This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm"
                            + " join\" to connect this node to swarm and try again.")
                    .exception();
        }
        Network.Driver driver = Network.Driver.of(name);
        if (driver == null) {
            throw new Problem.NoSuchPlugin(name).exception();
        }
        if (!request.configOnly() && (driver == Network.Driver.HOST || driver == Network.Driver.NULL)) {
            throw new Problem.Forbidden("only one instance of \"" + name + "\" network is allowed").exception();
        }
        return driver;
    }

    private static void configOnly(CreateNetworkRequest request, String from) {
        if (request.internal() || request.attachable() || !request.scope().isEmpty()) {
            throw new Problem.Forbidden(
                            "configuration network can only contain network specific fields. Network operator"
                                    + " fields like [ ingress | internal | attachable | scope ] are not supported.")
                    .exception();
        }
        if (!from.isEmpty()) {
            throw new Problem.Forbidden("a configuration network cannot depend on another configuration network")
                    .exception();
        }
    }

    private static Network config(
            CreateNetworkRequest request,
            List<IpamPool> asked,
            String from,
            Function<String, @Nullable Network> existing) {
        Network config = existing.apply(from);
        if (config == null || !config.configOnly()) {
            throw new Problem.NotFound("configuration network \"" + from + "\" not found").exception();
        }
        if (!asked.isEmpty()
                || request.labels() != null && !request.labels().isEmpty()
                || Boolean.TRUE.equals(request.enableIpv6())
                || Boolean.FALSE.equals(request.enableIpv4())) {
            throw new Problem.Forbidden("user-specified configurations are not supported if the network depends on a"
                            + " configuration network")
                    .exception();
        }
        if (request.options() != null && !request.options().isEmpty()) {
            throw new Problem.Forbidden("network driver options are not supported if the network depends on a"
                            + " configuration network")
                    .exception();
        }
        return config;
    }

    // ---- addresses

    private static RuntimeException invalid(String text) {
        return new Problem.InvalidParameter("invalid network config:\n" + text).exception();
    }

    /** What was asked for, checked; the subnet may be missing where it is to be chosen. */
    private static List<Network.Pool> given(List<IpamPool> asked, boolean ipv6) {
        List<Network.Pool> pools = new ArrayList<>();
        for (IpamPool pool : asked) {
            if (pool.subnet().isEmpty()) {
                if (!pool.ipRange().isEmpty()
                        || !pool.gateway().isEmpty()
                        || pool.auxiliaryAddresses() != null
                                && !pool.auxiliaryAddresses().isEmpty()) {
                    throw invalid("a gateway, a range or an auxiliary address needs a subnet");
                }
                continue;
            }
            InterfaceAddress subnet = Subnet.cidr(pool.subnet());
            if (subnet == null) {
                throw invalid("invalid subnet " + pool.subnet() + ": invalid CIDR block notation");
            }
            // As with Docker: without IPv6 nothing of it counts.
            if (!subnet.subnet().v6() || ipv6) {
                pools.add(given(pool, subnet));
            }
        }
        return pools;
    }

    private static Network.Pool given(IpamPool pool, InterfaceAddress asked) {
        Subnet subnet = asked.subnet();
        if (!asked.address().equals(subnet.base())) {
            throw invalid("invalid subnet " + pool.subnet() + ": it should be " + subnet);
        }
        if (subnet.base().isMulticastAddress() || subnet.base().isLinkLocalAddress() && subnet.v6()) {
            throw invalid("invalid subnet " + subnet + ": it cannot be used for containers");
        }
        int family = subnet.v6() ? 6 : 4;
        Subnet range = null;
        if (!pool.ipRange().isEmpty()) {
            InterfaceAddress parsed = Subnet.cidr(pool.ipRange());
            String failure = "invalid ip-range " + pool.ipRange() + ": ";
            if (parsed == null) {
                throw invalid(failure + "invalid CIDR block notation");
            }
            range = parsed.subnet();
            if (range.v6() != subnet.v6()) {
                throw invalid(failure + "parent subnet is an IPv" + family + " block");
            }
            if (range.prefix() < subnet.prefix()) {
                throw invalid(failure + "CIDR block is bigger than its parent subnet " + subnet);
            }
            if (!parsed.address().equals(range.base())) {
                throw invalid(failure + "it should be " + range);
            }
            if (!subnet.contains(range)) {
                throw invalid(failure + "parent subnet " + subnet + " doesn't contain ip-range");
            }
        }
        InetAddress gateway =
                pool.gateway().isEmpty() ? null : address("gateway " + pool.gateway(), pool.gateway(), subnet);
        Map<String, InetAddress> auxiliary = new LinkedHashMap<>();
        if (pool.auxiliaryAddresses() != null) {
            pool.auxiliaryAddresses()
                    .forEach((name, text) -> auxiliary.put(name, address("auxiliary address " + name, text, subnet)));
        }
        return new Network.Pool(subnet, range, gateway, auxiliary, true);
    }

    private static InetAddress address(String what, String text, Subnet subnet) {
        InetAddress address = Subnet.literal(text);
        if (address == null) {
            throw invalid("invalid " + what + ": invalid address");
        }
        if (Subnet.bits(address) != Subnet.bits(subnet.base())) {
            throw invalid("invalid " + what + ": parent subnet is an IPv" + (subnet.v6() ? 6 : 4) + " block");
        }
        if (!subnet.contains(address)) {
            throw invalid("invalid " + what + ": parent subnet " + subnet + " doesn't contain this address");
        }
        return address;
    }

    /** At least one pool for each family that is wanted, with a gateway each. */
    private static List<Network.Pool> complete(
            List<Network.Pool> given, List<Family> families, Function<Boolean, Subnet> choose) {
        List<Network.Pool> pools = new ArrayList<>();
        for (Family family : families) {
            List<Network.Pool> those = given.stream()
                    .filter(pool -> pool.subnet().v6() == family.v6())
                    .toList();
            several(those, family.driver());
            if (those.isEmpty()) {
                those = List.of(new Network.Pool(choose.apply(family.v6()), null, null, Map.of(), false));
            }
            those.forEach(pool -> pools.add(withGateway(pool, family)));
        }
        return pools;
    }

    /** Of one family, in the order of Docker's refusals. */
    private static void several(List<Network.Pool> pools, Network.Driver driver) {
        for (int i = 0; i < pools.size(); i++) {
            for (Network.Pool other : pools.subList(0, i)) {
                if (pools.get(i).subnet().overlaps(other.subnet())) {
                    throw new Problem.Forbidden(
                                    "invalid pool request: Pool overlaps with other one on this address space")
                            .exception();
                }
            }
        }
        if (pools.size() > 1 && driver == Network.Driver.BRIDGE) {
            throw new Problem.Forbidden("bridge driver doesn't support multiple subnets").exception();
        }
    }

    /** As Docker: the gateway is the first address that a container could have had. */
    private static Network.Pool withGateway(Network.Pool pool, Family family) {
        AddressPool addresses = new AddressPool(pool.subnet(), pool.range());
        InetAddress gateway = pool.gateway();
        if (gateway != null) {
            boolean free = addresses.reserve(gateway);
            if (!free
                    && family.driver() == Network.Driver.BRIDGE
                    && pool.subnet().size().compareTo(BigInteger.TWO) > 0) {
                throw new Problem.Internal(
                                "failed to allocate gateway (" + Subnet.format(gateway) + "): Address already in use")
                        .exception();
            }
        } else if (family.gateway()) {
            gateway = addresses.take();
            if (gateway == null) {
                throw new Problem.Internal("failed to allocate gateway (): no available addresses on this pool")
                        .exception();
            }
        }
        for (Map.Entry<String, InetAddress> other : pool.auxiliary().entrySet()) {
            if (!addresses.reserve(other.getValue())) {
                throw new Problem.Internal("failed to allocate secondary ip address (" + other.getKey() + ":"
                                + Subnet.format(other.getValue()) + "): Address already in use")
                        .exception();
            }
        }
        return new Network.Pool(pool.subnet(), pool.range(), gateway, pool.auxiliary(), pool.given());
    }
}
