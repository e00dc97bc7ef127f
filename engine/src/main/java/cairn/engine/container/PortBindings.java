package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.PortRequest;
import cairn.engine.network.PublishedPort;
import cairn.engine.network.Subnet;
import cairn.engine.network.Transport;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.HostConfig;
import cairn.wire.container.Port;
import cairn.wire.container.PortBinding;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which ports of a container are to be published, and how lists, inspect and its record show them. */
final class PortBindings {
    /**
     * How addresses of the host's in one family lead to a container.
     *
     * @param routed not at all: its own address is reached, and the port is only opened
     * @param binding address for bindings that name none; null for all
     */
    record Way(boolean routed, @Nullable InetAddress binding) {}

    /** Null for a family that does not lead to the container. */
    record Families(@Nullable Way ipv4, @Nullable Way ipv6) {
        static final Families ANY = new Families(new Way(false, null), new Way(false, null));
    }

    /** @param mapped that ports of the host are held for; @param routed that are opened */
    record Wanted(List<PortRequest> mapped, List<PublishedPort> routed) {}

    /** Where the kernel was built without IPv6 there is no such file. */
    private static final Path IPV6 = Path.of("/proc/net/if_inet6");

    private static final InetAddress ANY4 = literal("0.0.0.0");
    private static final InetAddress ANY6 = literal("::");

    private PortBindings() {}

    static void check(ContainerConfig config, HostConfig host) {
        if (NetworkMode.of(host) instanceof NetworkMode.Shared && publishes(host)) {
            throw new Problem.InvalidParameter(
                            "conflicting options: port publishing and the container type network mode")
                    .exception();
        }
        exposed(config).forEach(PortBindings::port);
        Wanted _ = wanted(config, host, Families.ANY);
    }

    /** Docker's words for a create request whose ports nobody will reach. */
    static List<String> warnings(HostConfig host) {
        return NetworkMode.of(host) instanceof NetworkMode.Host && publishes(host)
                ? List.of("Published ports are discarded when using host network mode")
                : List.of();
    }

    static boolean publishes(HostConfig host) {
        return host.publishAllPorts()
                || host.portBindings() != null && !host.portBindings().isEmpty();
    }

    private static List<String> exposed(ContainerConfig config) {
        return config.exposedPorts() == null
                ? List.of()
                : List.copyOf(config.exposedPorts().keySet());
    }

    private static ContainerPort port(String text) {
        ContainerPort port = ContainerPort.parse(text);
        if (port == null) {
            throw invalid(text);
        }
        return port;
    }

    private static RuntimeException invalid(String text) {
        return new Problem.InvalidParameter("invalid port specification: \"" + text + "\"").exception();
    }

    /** First come those that name a port, so that none that may take any gets in their way. */
    static Wanted wanted(ContainerConfig config, HostConfig host, Families families) {
        Map<ContainerPort, List<PortBinding>> asked = new TreeMap<>();
        if (host.portBindings() != null) {
            host.portBindings()
                    .forEach((text, bindings) -> asked.put(port(text), bindings == null ? List.of() : bindings));
        }
        if (host.publishAllPorts()) {
            exposed(config).forEach(text -> asked.putIfAbsent(port(text), List.of()));
        }
        List<PortRequest> mapped = new ArrayList<>();
        Set<PublishedPort> routed = new LinkedHashSet<>();
        asked.forEach((port, bindings) -> {
            for (PortBinding binding : bindings.isEmpty() ? List.of(new PortBinding("", "")) : bindings) {
                add(mapped, routed, port, binding, families);
            }
        });
        mapped.sort(Comparator.comparing((PortRequest request) -> !request.fixed()));
        return new Wanted(mapped, List.copyOf(routed));
    }

    private static void add(
            List<PortRequest> mapped,
            Set<PublishedPort> routed,
            ContainerPort port,
            PortBinding binding,
            Families families) {
        String text = binding.hostPort();
        int dash = text.indexOf('-');
        int low = text.isEmpty() ? 0 : ContainerPort.number(dash < 0 ? text : text.substring(0, dash));
        int high = dash < 0 ? low : ContainerPort.number(text.substring(dash + 1));
        if (low < 0 || high < low) {
            throw invalid(text);
        }
        InetAddress named = binding.hostIp().isEmpty() ? null : literal(binding.hostIp());
        List<InetAddress> addresses = new ArrayList<>();
        for (boolean v6 : new boolean[] {false, true}) {
            Way way = v6 ? families.ipv6() : families.ipv4();
            InetAddress address = way == null ? null : address(v6, named, way);
            if (way != null && way.routed() && address != null) {
                routed.add(new PublishedPort(port, v6 ? ANY6 : ANY4, 0));
            } else if (address != null) {
                addresses.add(address);
            }
        }
        if (!addresses.isEmpty()) {
            merge(mapped, new PortRequest(port, addresses, low, high));
        }
    }

    /** That of a family which a binding means; null for none. */
    private static @Nullable InetAddress address(boolean v6, @Nullable InetAddress named, Way way) {
        InetAddress wanted = named == null ? way.binding() : named;
        if (wanted == null || named == null && wanted.equals(ANY4)) {
            return !v6 ? ANY4 : way.routed() || Files.exists(IPV6) ? ANY6 : null;
        }
        return Subnet.v6(wanted) == v6 ? wanted : null;
    }

    /** Bindings that differ in their addresses only get the same port: clients take the first they find. */
    private static void merge(List<PortRequest> requests, PortRequest next) {
        for (int i = 0; i < requests.size(); i++) {
            PortRequest merged = requests.get(i).with(next);
            if (merged != null) {
                requests.set(i, merged);
                return;
            }
        }
        requests.add(next);
    }

    /** The same requests, each with the number that it had before if that is one of those which it may have. */
    static List<PortRequest> kept(List<PortRequest> requests, List<PublishedPort> before) {
        List<PublishedPort> left = new ArrayList<>(before);
        List<PortRequest> kept = new ArrayList<>();
        for (PortRequest request : requests) {
            PublishedPort old =
                    left.stream().filter(request::allows).findFirst().orElse(null);
            if (old == null) {
                kept.add(request);
            } else {
                left.removeIf(port -> port.port().equals(old.port()) && port.hostPort() == old.hostPort());
                kept.add(new PortRequest(request.port(), request.addresses(), old.hostPort(), old.hostPort()));
            }
        }
        return kept;
    }

    private static InetAddress literal(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new Problem.InvalidParameter("invalid host IP address: " + text).exception();
        }
    }

    /** As inspect shows them: exposed ports that are not published have null. Only of a container that runs. */
    static Map<String, @Nullable List<PortBinding>> bindings(Container container) {
        if (!addressed(container)) {
            return Map.of();
        }
        Map<String, @Nullable List<PortBinding>> bindings = new TreeMap<>();
        exposed(container.config()).forEach(port -> bindings.put(port, null));
        for (PublishedPort port : container.ports()) {
            List<PortBinding> list = bindings.get(port.port().toString());
            if (list == null) {
                list = new ArrayList<>();
                bindings.put(port.port().toString(), list);
            }
            list.add(new PortBinding(port.hostIp(), port.routed() ? "" : Integer.toString(port.hostPort())));
        }
        return bindings;
    }

    private static boolean addressed(Container container) {
        return container.networks().stream()
                .map(Membership::endpoint)
                .anyMatch(at ->
                        at != null && !(at.address().isEmpty() && at.address6().isEmpty()));
    }

    /** As a list shows them. */
    static List<Port> rows(Container container) {
        List<Port> rows = new ArrayList<>();
        bindings(container).forEach((text, bindings) -> {
            ContainerPort port = ContainerPort.parse(text);
            if (port == null) {
                return;
            }
            String type = port.transport().toString();
            if (bindings == null) {
                rows.add(new Port("", port.number(), 0, type));
            } else {
                for (PortBinding binding : bindings) {
                    rows.add(new Port(binding.hostIp(), port.number(), hostPort(binding), type));
                }
            }
        });
        return rows;
    }

    /** 0 for one that is routed; negative for what is none. */
    private static int hostPort(PortBinding binding) {
        return binding.hostPort().isEmpty() ? 0 : ContainerPort.number(binding.hostPort());
    }

    /** What a record's document says, the reverse of {@link #bindings}. */
    static List<PublishedPort> parse(Map<String, @Nullable List<PortBinding>> recorded) {
        List<PublishedPort> ports = new ArrayList<>();
        recorded.forEach((text, bindings) -> {
            ContainerPort port = ContainerPort.parse(text);
            for (PortBinding binding : bindings == null ? List.<PortBinding>of() : bindings) {
                int hostPort = hostPort(binding);
                if (port != null && hostPort >= 0) {
                    ports.add(new PublishedPort(port, literal(binding.hostIp()), hostPort));
                }
            }
        });
        return ports;
    }

    /** Whether a container says that it listens on a port that a filter asks for. */
    static boolean exposes(Container container, String filter) {
        Predicate<ContainerPort> wanted = filter(filter);
        return wanted != null
                && exposed(container.config()).stream()
                        .map(ContainerPort::parse)
                        .anyMatch(port -> port != null && wanted.test(port));
    }

    /** Whether a port of the host that a filter asks for leads to the container. */
    static boolean publishes(Container container, String filter) {
        Predicate<ContainerPort> wanted = filter(filter);
        return wanted != null
                && container.ports().stream()
                        .anyMatch(port -> !port.routed()
                                && wanted.test(new ContainerPort(
                                        port.hostPort(), port.port().transport())));
    }

    /** A filter's {@code 80}, {@code 80/tcp} or {@code 8000-8080/udp}; 0 is a number here. Null if it is none of these. */
    static @Nullable Predicate<ContainerPort> filter(String text) {
        int slash = text.indexOf('/');
        String range = slash < 0 ? text : text.substring(0, slash);
        Transport transport = slash < 0 ? Transport.TCP : Transport.of(text.substring(slash + 1));
        int dash = range.indexOf('-');
        int low = ContainerPort.number(dash < 0 ? range : range.substring(0, dash));
        int high = ContainerPort.number(dash < 0 ? range : range.substring(dash + 1));
        if (transport == null || low < 0 || high < low) {
            return null;
        }
        return port -> port.transport() == transport && port.number() >= low && port.number() <= high;
    }
}
