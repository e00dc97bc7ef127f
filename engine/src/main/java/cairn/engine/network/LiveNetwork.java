package cairn.engine.network;

import cairn.engine.error.Problem;
import cairn.linux.MacAddress;
import java.net.Inet4Address;
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

    @Nullable
    AddressPool addresses4;

    @Nullable
    AddressPool addresses6;

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

    @Nullable
    AddressPool pool(InetAddress address) {
        return address instanceof Inet4Address ? addresses4 : addresses6;
    }

    void pools(Network from) {
        network = from;
        addresses4 = pool(from.pool(false));
        addresses6 = pool(from.pool(true));
        if (from.driver() == Network.Driver.BRIDGE && !from.configOnly()) {
            BridgeOptions options = BridgeOptions.of(from.options());
            interfacePrefix = options.interfacePrefix();
            ports = options.ports();
        }
    }

    private static @Nullable AddressPool pool(Network.@Nullable Pool pool) {
        if (pool == null) {
            return null;
        }
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
        InetAddress ipv4 = take(addresses4, request.ipv4(), network, 4);
        InetAddress ipv6;
        try {
            ipv6 = take(addresses6, request.ipv6(), network, 6);
        } catch (RuntimeException e) {
            giveBack(addresses4, ipv4);
            throw e;
        }
        boolean outward = !network.internal() && !(driver instanceof ParentLink parent && parent.isolated());
        Network.Pool pool4 = network.pool(false);
        Network.Pool pool6 = network.pool(true);
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
            giveBack(address == null ? null : pool(address), address);
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

    private static @Nullable InetAddress take(
            @Nullable AddressPool pool, @Nullable InetAddress wanted, Network network, int family) {
        if (pool == null) {
            return null;
        }
        if (wanted == null) {
            InetAddress free = pool.take();
            if (free == null) {
                throw new Problem.NoFreeAddress(network.name(), network.id(), family).exception();
            }
            return free;
        }
        Network.Pool asked = network.pool(family == 6);
        if (asked != null && !asked.given()) {
            throw new Problem.InvalidParameter("user specified IP address is supported only when connecting to networks"
                            + " with user configured subnets")
                    .exception();
        }
        if (!pool.subnet().contains(wanted)) {
            throw new Problem.InvalidParameter("invalid address " + Subnet.format(wanted)
                            + ": It does not belong to any of this network's subnets")
                    .exception();
        }
        if (!pool.reserve(wanted)) {
            throw new Problem.AddressTaken(Subnet.format(wanted)).exception();
        }
        return wanted;
    }

    private static void giveBack(@Nullable AddressPool pool, @Nullable InetAddress address) {
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
