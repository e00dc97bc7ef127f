package cairn.engine.network;

import cairn.engine.error.Problem;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network's options that its driver heeds, with Docker's defaults.
 *
 * @param bridge name of the bridge; null for one that follows from the network's id
 * @param mtu 0 for the daemon's
 * @param ports how they are published
 * @param interfacePrefix of the interfaces in containers
 * @param gatewayAddress whether the bridge gets the gateway's IPv4 address
 * @param trusted interfaces of the host from which published ports may be spoken to at containers' own addresses
 */
record BridgeOptions(
        @Nullable String bridge,
        boolean icc,
        boolean masquerade,
        int mtu,
        PortPolicy ports,
        String interfacePrefix,
        boolean gatewayAddress,
        List<String> trusted) {
    private static final String BRIDGE = "com.docker.network.bridge.";
    static final String NAME = BRIDGE + "name";
    static final String ICC = BRIDGE + "enable_icc";
    static final String MASQUERADE = BRIDGE + "enable_ip_masquerade";
    static final String DEFAULT = BRIDGE + "default_bridge";
    static final String HOST_BINDING = BRIDGE + "host_binding_ipv4";
    static final String MTU = "com.docker.network.driver.mtu";
    private static final String INHIBIT = BRIDGE + "inhibit_ipv4";
    private static final String PREFIX = "com.docker.network.container_iface_prefix";
    private static final String MODE = BRIDGE + "gateway_mode_ipv";
    static final String TRUSTED = BRIDGE + "trusted_host_interfaces";

    BridgeOptions {
        trusted = List.copyOf(trusted);
    }

    static BridgeOptions of(Map<String, String> options) {
        String name = options.getOrDefault(NAME, "");
        if (!name.isEmpty() && !interfaceName(name)) {
            throw new Problem.InvalidParameter("invalid bridge name: " + name).exception();
        }
        String prefix = options.getOrDefault(PREFIX, "eth");
        if (prefix.length() > 10 || !interfaceName(prefix)) {
            throw new Problem.InvalidParameter("invalid value for " + PREFIX + ": " + prefix).exception();
        }
        String binding = options.getOrDefault(HOST_BINDING, "");
        InetAddress host = binding.isEmpty() ? null : Subnet.literal(binding);
        if (!binding.isEmpty() && host == null) {
            throw refused(HOST_BINDING, binding, "nil ip");
        }
        return new BridgeOptions(
                name.isEmpty() ? null : name,
                flag(options, ICC, true),
                flag(options, MASQUERADE, true),
                mtu(options),
                new PortPolicy(gatewayMode(options, MODE + "4"), gatewayMode(options, MODE + "6"), host),
                prefix,
                !flag(options, INHIBIT, false),
                trusted(options));
    }

    /** Names with colons between them. */
    private static List<String> trusted(Map<String, String> options) {
        String text = options.getOrDefault(TRUSTED, "");
        List<String> names = Arrays.stream(text.split(":"))
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
        for (String name : names) {
            if (!interfaceName(name)) {
                throw refused(TRUSTED, text, "invalid interface name " + name);
            }
        }
        return names;
    }

    private static GatewayMode gatewayMode(Map<String, String> options, String option) {
        String text = options.getOrDefault(option, GatewayMode.NAT.toString());
        GatewayMode mode = GatewayMode.of(text);
        if (mode == null) {
            throw refused(option, text, "unknown gateway mode " + text);
        }
        return mode;
    }

    /** Of containers in a family. */
    GatewayMode mode(boolean v6) {
        return v6 ? ports.ipv6() : ports.ipv4();
    }

    /** Whether the bridge has the gateway's address. */
    boolean addressed(boolean v6) {
        return mode(v6) != GatewayMode.ISOLATED && (v6 || gatewayAddress);
    }

    /** Whether a network gets a gateway that nobody has asked for. */
    boolean wantsGateway(boolean v6, boolean internal) {
        return mode(v6) != GatewayMode.ISOLATED && (v6 || gatewayAddress || !internal);
    }

    static int mtu(Map<String, String> options) {
        String text = options.getOrDefault(MTU, "");
        int mtu = text.isEmpty() ? 0 : ContainerPort.number(text);
        if (mtu < 0 || mtu != 0 && mtu < 68) {
            throw refused(MTU, text, "invalid MTU number");
        }
        return mtu;
    }

    private static RuntimeException refused(String option, String value, String why) {
        return new Problem.InvalidParameter("failed to parse " + option + " value: " + value + " (" + why + ")")
                .exception();
    }

    private static boolean flag(Map<String, String> options, String name, boolean otherwise) {
        String value = options.getOrDefault(name, "");
        return switch (value) {
            case "" -> otherwise;
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw refused(name, value, "strconv.ParseBool: parsing \"" + value + "\": invalid syntax");
        };
    }

    /** The kernel's rule, without what would have a meaning in a path or a rule of the firewall. */
    static boolean interfaceName(String name) {
        return name.length() <= 15 && name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*");
    }
}
