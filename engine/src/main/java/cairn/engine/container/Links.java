package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.EndpointRecord;
import cairn.wire.container.ContainerConfigBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --link} gives a container on the default bridge network, where names are not resolved: lines for its hosts file, and
 * variables for its environment, as they are at its start.
 */
record Links(List<String> hosts, List<String> environment) {
    static final Links NONE = new Links(List.of(), List.of());

    Links {
        hosts = List.copyOf(hosts);
        environment = List.copyOf(environment);
    }

    /** A container's name and the alias that it gets. */
    private record Link(String container, String alias) {
        /** {@code name}, {@code name:alias}, or {@code /name:/parent/alias} as a record has it. */
        static Link parse(String text) {
            int colon = text.indexOf(':');
            String name = colon < 0 ? text : text.substring(0, colon);
            String alias = colon < 0 ? name : text.substring(colon + 1);
            if (name.isEmpty() || alias.isEmpty() || alias.indexOf(':') >= 0) {
                throw new Problem.InvalidParameter("bad format for links: " + text).exception();
            }
            return new Link(base(name), base(alias));
        }

        private static String base(String name) {
            return name.substring(name.lastIndexOf('/') + 1);
        }
    }

    /**
     * Links as a record has them.
     *
     * @param name of the container that has them
     * @throws EngineException InvalidParameter if one leads nowhere
     */
    static @Nullable List<String> recorded(
            @Nullable List<String> asked, String name, Function<String, Container> containers) {
        if (asked == null || asked.isEmpty()) {
            return asked;
        }
        List<String> recorded = new ArrayList<>();
        for (String text : asked) {
            Link link = Link.parse(text);
            Container child;
            try {
                child = containers.apply(link.container());
            } catch (EngineException e) {
                throw new Problem.InvalidParameter("could not get container for " + link.container()
                                + ": No such container: " + link.container())
                        .exception(e);
            }
            if (NetworkMode.of(child.hostConfig()) instanceof NetworkMode.Host) {
                throw new Problem.InvalidParameter("conflicting options: host type networking can't be used with links."
                                + " This would result in undefined behavior")
                        .exception();
            }
            recorded.add("/" + child.name() + ":/" + name + "/" + link.alias());
        }
        return recorded;
    }

    /** At a start. */
    static Links of(Container container, Function<String, Container> containers) {
        List<String> asked = container.hostConfig().links();
        if (asked == null
                || asked.isEmpty()
                || !(NetworkMode.of(container.hostConfig()) instanceof NetworkMode.Bridge)) {
            return NONE;
        }
        List<String> hosts = new ArrayList<>();
        List<String> environment = new ArrayList<>();
        for (String text : asked) {
            Link link = Link.parse(text);
            Container child = containers.apply(link.container());
            String path = "/" + container.name() + "/" + link.alias();
            if (!child.running()) {
                throw new Problem.Internal("Cannot link to a non running container: /" + child.name() + " AS " + path)
                        .exception();
            }
            EndpointRecord endpoint = child.onBridge();
            if (endpoint == null) {
                throw new Problem.Internal(
                                "Cannot link to /" + child.name() + ", as it does not belong to the default network")
                        .exception();
            }
            String names = link.alias() + " " + child.config().hostname();
            hosts.add(
                    endpoint.address() + "\t" + names + (child.name().equals(link.alias()) ? "" : " " + child.name()));
            environment(environment, link.alias(), path, child, endpoint.address());
        }
        return new Links(hosts, environment);
    }

    private static void environment(
            List<String> environment, String alias, String path, Container child, String address) {
        String prefix = alias.toUpperCase(Locale.ROOT).replace('-', '_');
        TreeSet<ContainerPort> ports = new TreeSet<>();
        if (child.config().exposedPorts() != null) {
            for (String text : child.config().exposedPorts().keySet()) {
                ContainerPort port = ContainerPort.parse(text);
                if (port != null) {
                    ports.add(port);
                }
            }
        }
        if (!ports.isEmpty()) {
            environment.add(prefix + "_PORT=" + url(ports.getFirst(), address));
        }
        for (ContainerPort port : ports) {
            String name = prefix + "_PORT_" + port.number() + "_"
                    + port.transport().toString().toUpperCase(Locale.ROOT);
            environment.add(name + "=" + url(port, address));
            environment.add(name + "_ADDR=" + address);
            environment.add(name + "_PORT=" + port.number());
            environment.add(name + "_PROTO=" + port.transport());
        }
        environment.add(prefix + "_NAME=" + path);
        for (String variable : child.config().env() == null
                ? List.<String>of()
                : child.config().env()) {
            String name = NewContainer.name(variable);
            if (!name.equals("HOME") && !name.equals("PATH") && name.length() < variable.length()) {
                environment.add(prefix + "_ENV_" + variable);
            }
        }
    }

    private static String url(ContainerPort port, String address) {
        return port.transport() + "://" + address + ":" + port.number();
    }

    /** The container with these variables before its own. */
    Container applied(Container container) {
        if (environment.isEmpty()) {
            return container;
        }
        List<String> all = new ArrayList<>(environment);
        if (container.config().env() != null) {
            all.addAll(container.config().env());
        }
        return container.withConfig(
                ContainerConfigBuilder.builder(container.config()).env(all).build());
    }
}
