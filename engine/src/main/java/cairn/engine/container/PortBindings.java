package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.PortRequest;
import cairn.engine.network.PublishedPort;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.HostConfig;
import cairn.wire.container.Port;
import cairn.wire.container.PortBinding;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which ports of a container are to be published, and how lists, inspect and its record show them. */
final class PortBindings {
    /** Where the kernel was built without IPv6 there is no such file. */
    private static final Path IPV6 = Path.of("/proc/net/if_inet6");

    private PortBindings() {}

    static void check(ContainerConfig config, HostConfig host) {
        if (NetworkMode.of(host) instanceof NetworkMode.Shared && publishes(host)) {
            throw new Problem.InvalidParameter(
                            "conflicting options: port publishing and the container type network mode")
                    .exception();
        }
        exposed(config).forEach(PortBindings::port);
        requests(config, host, null);
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

    /**
     * First come those that name a port, so that none that may take any gets in their way.
     *
     * @param otherwise address for bindings that name none; null for all addresses
     */
    static List<PortRequest> requests(ContainerConfig config, HostConfig host, @Nullable InetAddress otherwise) {
        Map<ContainerPort, List<PortBinding>> wanted = new TreeMap<>();
        if (host.portBindings() != null) {
            host.portBindings()
                    .forEach((text, bindings) -> wanted.put(port(text), bindings == null ? List.of() : bindings));
        }
        if (host.publishAllPorts()) {
            exposed(config).forEach(text -> wanted.putIfAbsent(port(text), List.of()));
        }
        List<PortRequest> fixed = new ArrayList<>();
        List<PortRequest> free = new ArrayList<>();
        wanted.forEach((port, bindings) -> {
            List<PortBinding> all = bindings.isEmpty() ? List.of(new PortBinding("", "")) : bindings;
            for (PortBinding binding : all) {
                PortRequest request = request(port, binding, otherwise);
                (request.low() != 0 && request.low() == request.high() ? fixed : free).add(request);
            }
        });
        fixed.addAll(free);
        return fixed;
    }

    private static PortRequest request(ContainerPort port, PortBinding binding, @Nullable InetAddress otherwise) {
        String text = binding.hostPort();
        int dash = text.indexOf('-');
        int low = text.isEmpty() ? 0 : ContainerPort.number(dash < 0 ? text : text.substring(0, dash));
        int high = dash < 0 ? low : ContainerPort.number(text.substring(dash + 1));
        if (low < 0 || high < low) {
            throw invalid(text);
        }
        return new PortRequest(port, addresses(binding.hostIp(), otherwise), low, high);
    }

    /** No address means all, of both families. */
    private static List<InetAddress> addresses(String hostIp, @Nullable InetAddress otherwise) {
        if (hostIp.isEmpty() && otherwise != null) {
            return List.of(otherwise);
        }
        if (hostIp.isEmpty()) {
            InetAddress any = literal("0.0.0.0");
            return Files.exists(IPV6) ? List.of(any, literal("::")) : List.of(any);
        }
        return List.of(literal(hostIp));
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
            list.add(new PortBinding(port.hostIp(), Integer.toString(port.hostPort())));
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
                    rows.add(new Port(binding.hostIp(), port.number(), ContainerPort.number(binding.hostPort()), type));
                }
            }
        });
        return rows;
    }

    /** What a record's document says, the reverse of {@link #bindings}. */
    static List<PublishedPort> parse(Map<String, @Nullable List<PortBinding>> recorded) {
        List<PublishedPort> ports = new ArrayList<>();
        recorded.forEach((text, bindings) -> {
            ContainerPort port = ContainerPort.parse(text);
            for (PortBinding binding : bindings == null ? List.<PortBinding>of() : bindings) {
                int hostPort = ContainerPort.number(binding.hostPort());
                if (port != null && hostPort > 0) {
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
                        .anyMatch(port -> wanted.test(
                                new ContainerPort(port.hostPort(), port.port().transport())));
    }

    /** A filter's {@code 80}, {@code 80/tcp} or {@code 8000-8080/udp}; null if it is none of these. */
    static @Nullable Predicate<ContainerPort> filter(String text) {
        int slash = text.indexOf('/');
        String range = slash < 0 ? text : text.substring(0, slash);
        int dash = range.indexOf('-');
        ContainerPort low = ContainerPort.parse(
                (dash < 0 ? range : range.substring(0, dash)) + (slash < 0 ? "" : text.substring(slash)));
        int high = ContainerPort.number(dash < 0 ? range : range.substring(dash + 1));
        if (low == null || high < low.number()) {
            return null;
        }
        return port -> port.transport() == low.transport() && port.number() >= low.number() && port.number() <= high;
    }
}
