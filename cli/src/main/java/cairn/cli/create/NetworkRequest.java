package cairn.cli.create;

import cairn.cli.CliException;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The flags of {@code network create}, and the request that they make. */
public final class NetworkRequest {
    /** One --subnet with what belongs to it. */
    private static final class Pool {
        final String subnet;
        String range = "";
        String gateway = "";
        final Map<String, String> auxiliary = new LinkedHashMap<>();

        Pool(String subnet) {
            this.subnet = subnet;
        }

        Body body() {
            return new Body()
                    .with("Subnet", subnet)
                    .with("IPRange", range)
                    .with("Gateway", gateway)
                    .with("AuxiliaryAddresses", auxiliary);
        }
    }

    private NetworkRequest() {}

    public static Flags flags() {
        return new Flags()
                .bool("attachable", "Let containers be connected by hand, too")
                .of(Kind.MAP, "aux-address", "NAME=IP, an address that is another machine's")
                .text("config-from", "Take the settings of this network")
                .bool("config-only", "Only keep settings for other networks")
                .of(Kind.STRING, "d,driver", "bridge", "Who makes the links: bridge, macvlan or ipvlan")
                .of(Kind.STRINGS, "gateway", "Gateway's address in a subnet")
                .bool("ingress", "Make swarm's routing-mesh network")
                .bool("internal", "Let nothing in or out")
                .of(Kind.STRINGS, "ip-range", "Part of a subnet that containers get addresses from")
                .of(Kind.STRING, "ipam-driver", "default", "Who hands out addresses")
                .of(Kind.MAP, "ipam-opt", "KEY=VALUE, an option of that")
                .bool("ipv4", true, "Have IPv4 addresses")
                .bool("ipv6", "Have IPv6 addresses")
                .of(Kind.LIST, "label", "KEY=VALUE, kept with the network")
                .of(Kind.MAP, "o,opt", "KEY=VALUE, an option of the driver")
                .text("scope", "How far it reaches: local")
                .of(Kind.STRINGS, "subnet", "Range of addresses, such as 10.1.0.0/16");
    }

    public static Map<String, Object> of(Arguments given) {
        String from = given.text("config-from");
        Body ipam = new Body()
                .with("Driver", given.text("ipam-driver"))
                .with("Options", KeyValues.map(given.texts("ipam-opt")))
                .with("Config", pools(given));
        Body body = new Body();
        if (!given.on("ipv4")) {
            body.always("EnableIPv4", false);
        }
        return body.always("Name", given.positional(0))
                .always("Driver", given.text("driver"))
                .with("Scope", given.text("scope"))
                .with("EnableIPv6", given.on("ipv6"))
                .always("IPAM", ipam.members())
                .with("Internal", given.on("internal"))
                .with("Attachable", given.on("attachable"))
                .with("Ingress", given.on("ingress"))
                .with("ConfigOnly", given.on("config-only"))
                .with("ConfigFrom", from.isEmpty() ? null : Map.of("Network", from))
                .with("Options", KeyValues.map(given.texts("opt")))
                .with("Labels", KeyValues.labels(List.of(), given.texts("label")))
                .members();
    }

    private static List<Map<String, Object>> pools(Arguments given) {
        List<Pool> pools = new ArrayList<>();
        for (String subnet : given.texts("subnet")) {
            pools.add(new Pool(subnet));
        }
        for (String range : given.texts("ip-range")) {
            Pool pool = holding(pools, range, "no matching subnet for range " + range);
            if (!pool.range.isEmpty()) {
                throw new CliException("cannot configure multiple ranges (" + range + ", " + pool.range
                        + ") on the same subnet (" + pool.subnet + ")");
            }
            pool.range = range;
        }
        for (String gateway : given.texts("gateway")) {
            Pool pool = holding(pools, gateway, "no matching subnet for gateway " + gateway);
            if (!pool.gateway.isEmpty()) {
                throw new CliException("cannot configure multiple gateways (" + gateway + ", " + pool.gateway
                        + ") for the same subnet (" + pool.subnet + ")");
            }
            pool.gateway = gateway;
        }
        KeyValues.map(given.texts("aux-address"))
                .forEach((name, address) -> holding(pools, address, "no matching subnet for aux-address " + address)
                        .auxiliary
                        .put(name, address));
        List<Map<String, Object>> bodies = new ArrayList<>();
        pools.forEach(pool -> bodies.add(pool.body().members()));
        return bodies;
    }

    private static Pool holding(List<Pool> pools, String address, String otherwise) {
        for (Pool pool : pools) {
            if (contains(pool.subnet, address)) {
                return pool;
            }
        }
        throw new CliException(otherwise);
    }

    /** @param text an address or a range */
    private static boolean contains(String subnet, String text) {
        int slash = subnet.indexOf('/');
        int end = text.indexOf('/');
        InetAddress base = literal(slash < 0 ? "" : subnet.substring(0, slash));
        InetAddress address = literal(end < 0 ? text : text.substring(0, end));
        if (base == null || address == null || base.getClass() != address.getClass()) {
            return false;
        }
        int bits = base.getAddress().length * 8;
        int prefix;
        try {
            prefix = Integer.parseInt(subnet.substring(slash + 1));
        } catch (NumberFormatException e) {
            return false;
        }
        return prefix >= 0
                && prefix <= bits
                && number(base).shiftRight(bits - prefix).equals(number(address).shiftRight(bits - prefix));
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    private static @Nullable InetAddress literal(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
