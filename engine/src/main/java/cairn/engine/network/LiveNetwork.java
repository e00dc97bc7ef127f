package cairn.engine.network;

import cairn.engine.error.Problem;
import cairn.linux.MacAddress;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One network while the engine runs, with its addresses and those who are on it; its monitor guards what may change. */
final class LiveNetwork {
    final String id;
    /** Null for the default bridge network before it is made. */
    @Nullable
    volatile Network network;

    @Nullable
    Driver driver;

    /** One for each of the network's pools, in their order. */
    private List<AddressPool> addresses = List.of();

    String interfacePrefix = "eth";

    /** Null where no ports are published. */
    @Nullable
    PortPolicy ports;

    boolean removed;
    /** By endpoint, in the order in which they came. */
    final Map<String, Member> members = new LinkedHashMap<>();

    LiveNetwork(String id) {
        this.id = id;
    }

    private @Nullable AddressPool pool(InetAddress address) {
        for (AddressPool pool : addresses) {
            if (pool.subnet().contains(address)) {
                return pool;
            }
        }
        return null;
    }

    void pools(Network from) {
        network = from;
        addresses = from.pools().stream().map(LiveNetwork::pool).toList();
        if (from.driver() == Network.Driver.BRIDGE && !from.configOnly()) {
            BridgeOptions options = BridgeOptions.of(from.options());
            interfacePrefix = options.interfacePrefix();
            ports = options.ports();
        }
    }

    private static AddressPool pool(Network.Pool pool) {
        AddressPool addresses = new AddressPool(pool.subnet(), pool.range());
        if (pool.gateway() != null) {
            addresses.reserve(pool.gateway());
        }
        pool.auxiliary().values().forEach(addresses::reserve);
        return addresses;
    }

    // ---- those who are on it

    /** @throws cairn.engine.error.EngineException NoSuchNetwork once it is removed, AddressTaken, NoFreeAddress, InvalidParameter */
    synchronized EndpointRecord join(Network network, EndpointRequest request, RandomGenerator random) {
        if (removed) {
            throw new Problem.NoSuchNetwork(network.name()).exception();
        }
        InetAddress ipv4 = take(false, request.ipv4(), network);
        InetAddress ipv6;
        try {
            ipv6 = take(true, request.ipv6(), network);
        } catch (RuntimeException e) {
            giveBack(ipv4);
            throw e;
        }
        boolean outward = !network.internal() && !(driver instanceof ParentLink parent && parent.isolated());
        Network.Pool pool4 = ipv4 == null ? null : network.pool(ipv4);
        Network.Pool pool6 = ipv6 == null ? null : network.pool(ipv6);
        EndpointRecord endpoint = new EndpointRecord(
                network.id(),
                request.endpointId(),
                ipv4 == null ? "" : Subnet.format(ipv4),
                pool4 == null ? 0 : pool4.subnet().prefix(),
                outward ? gatewayText(pool4) : "",
                ipv6 == null ? "" : Subnet.format(ipv6),
                pool6 == null ? 0 : pool6.subnet().prefix(),
                outward ? gatewayText(pool6) : "",
                mac(network, request.mac(), ipv4, random));
        members.put(
                endpoint.endpointId(),
                new Member(request.containerId(), request.containerName(), request.names(), request.links(), endpoint));
        return endpoint;
    }

    /** Takes up what a container that was found running has. */
    synchronized void resume(Member member) {
        EndpointRecord endpoint = member.endpoint();
        for (String text : new String[] {endpoint.address(), endpoint.address6()}) {
            InetAddress address = Subnet.literal(text);
            AddressPool pool = address == null ? null : pool(address);
            if (pool != null && address != null) {
                pool.reserve(address);
            }
        }
        members.put(endpoint.endpointId(), member);
    }

    synchronized void release(EndpointRecord endpoint) {
        if (members.remove(endpoint.endpointId()) == null) {
            return;
        }
        for (String text : new String[] {endpoint.address(), endpoint.address6()}) {
            InetAddress address = Subnet.literal(text);
            giveBack(address);
        }
    }

    synchronized void rename(EndpointRecord endpoint, String containerName, List<String> names) {
        members.computeIfPresent(
                endpoint.endpointId(),
                (endpointId, member) ->
                        new Member(member.containerId(), containerName, names, member.links(), member.endpoint()));
    }

    synchronized List<Member> members() {
        return List.copyOf(members.values());
    }

    private static String gatewayText(Network.@Nullable Pool pool) {
        return pool == null || pool.gateway() == null ? "" : Subnet.format(pool.gateway());
    }

    /** As Docker: from the family's first subnet that has one left. Null where the network has none of the family. */
    private @Nullable InetAddress take(boolean v6, @Nullable InetAddress wanted, Network network) {
        List<AddressPool> family =
                addresses.stream().filter(pool -> pool.subnet().v6() == v6).toList();
        if (family.isEmpty()) {
            return null;
        }
        if (wanted == null) {
            for (AddressPool pool : family) {
                InetAddress free = pool.take();
                if (free != null) {
                    return free;
                }
            }
            throw new Problem.NoFreeAddress(network.name(), network.id(), v6 ? 6 : 4).exception();
        }
        Network.Pool asked = network.pool(v6);
        if (asked != null && !asked.given()) {
            throw new Problem.InvalidParameter("user specified IP address is supported only when connecting to networks"
                            + " with user configured subnets")
                    .exception();
        }
        AddressPool pool = pool(wanted);
        if (pool == null || pool.subnet().v6() != v6) {
            throw new Problem.InvalidParameter("invalid address " + Subnet.format(wanted)
                            + ": It does not belong to any of this network's subnets")
                    .exception();
        }
        if (!pool.reserve(wanted)) {
            throw new Problem.AddressTaken(Subnet.format(wanted)).exception();
        }
        return wanted;
    }

    private void giveBack(@Nullable InetAddress address) {
        AddressPool pool = address == null ? null : pool(address);
        if (pool != null && address != null) {
            pool.release(address);
        }
    }

    /** Derived from the address: a new container never meets a stale neighbour entry. */
    private static String mac(
            Network network, @Nullable MacAddress asked, @Nullable InetAddress ipv4, RandomGenerator random) {
        if (network.driver() == Network.Driver.HOST
                || network.driver() == Network.Driver.NULL
                || network.driver() == Network.Driver.IPVLAN) {
            return "";
        }
        if (asked != null) {
            return asked.toString();
        }
        long low =
                ipv4 == null ? random.nextLong(1L << 32) : Subnet.number(ipv4).longValue();
        return new MacAddress(0x0242_0000_0000L | low).toString();
    }
}
