package cairn.daemon;

import cairn.engine.Engine;
import cairn.engine.container.Container;
import cairn.engine.container.EndpointRecord;
import cairn.engine.error.Problem;
import cairn.engine.network.Bridge;
import cairn.wire.Filters;
import cairn.wire.network.ConfigReference;
import cairn.wire.network.Ipam;
import cairn.wire.network.IpamPool;
import cairn.wire.network.NetworkContainer;
import cairn.wire.network.NetworkInspect;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /networks}: the three that always exist. */
final class NetworkRoutes {
    private final Engine engine;

    NetworkRoutes(Engine engine) {
        this.engine = engine;
    }

    void register(Router router) {
        router.add("GET", "/networks", this::list);
        router.add("GET", "/networks/{id}", this::inspect);
        router.add("DELETE", "/networks/{id}", call -> {
            throw new Problem.ForbiddenNetwork(find(call.path("id")).name(), "remove").exception();
        });
    }

    private void list(Call call) throws IOException {
        Filters filters = call.filters();
        List<NetworkInspect> matching = new ArrayList<>();
        for (NetworkInspect network : all(false)) {
            boolean matches = (filters.get("name").isEmpty()
                            || filters.get("name").stream().anyMatch(network.name()::contains))
                    && (filters.get("id").isEmpty()
                            || filters.get("id").stream().anyMatch(network.id()::startsWith))
                    && (filters.get("driver").isEmpty() || filters.get("driver").contains(network.driver()))
                    && (filters.get("type").isEmpty() || filters.get("type").contains("builtin"))
                    && (filters.get("scope").isEmpty() || filters.get("scope").contains("local"))
                    && filters.get("label").isEmpty();
            if (matches) {
                matching.add(network);
            }
        }
        call.exchange().respond(200, matching);
    }

    private void inspect(Call call) throws IOException {
        call.exchange().respond(200, find(call.path("id")));
    }

    private NetworkInspect find(String ref) {
        for (NetworkInspect network : all(true)) {
            if (network.name().equals(ref) || network.id().startsWith(ref)) {
                return network;
            }
        }
        throw new Problem.NoSuchNetwork(ref).exception();
    }

    private List<NetworkInspect> all(boolean withContainers) {
        List<NetworkInspect> networks = new ArrayList<>();
        Bridge bridge = engine.bridge();
        if (bridge.enabled()) {
            Bridge.State state = bridge.ensure();
            Map<String, String> options = new LinkedHashMap<>();
            options.put("com.docker.network.bridge.default_bridge", "true");
            options.put("com.docker.network.bridge.enable_icc", "true");
            options.put(
                    "com.docker.network.bridge.enable_ip_masquerade",
                    Boolean.toString(bridge.settings().masquerade()));
            options.put("com.docker.network.bridge.name", state.name());
            options.put(
                    "com.docker.network.driver.mtu",
                    Integer.toString(bridge.settings().mtu()));
            String address = state.address().toString();
            IpamPool pool = new IpamPool(
                    state.address().subnet().toString(), "", address.substring(0, address.indexOf('/')), null);
            networks.add(network("bridge", "bridge", List.of(pool), withContainers, options));
        }
        networks.add(network("host", "host", List.of(), withContainers, Map.of()));
        networks.add(network("none", "null", List.of(), withContainers, Map.of()));
        return networks;
    }

    private NetworkInspect network(
            String name, String driver, List<IpamPool> pools, boolean withContainers, Map<String, String> options) {
        return new NetworkInspect(
                name,
                engine.networkId(name),
                engine.openedAt().toString(),
                "local",
                driver,
                true,
                false,
                new Ipam("default", null, pools),
                false,
                false,
                false,
                ConfigReference.EMPTY,
                false,
                withContainers ? containers(name) : Map.of(),
                options,
                Map.of());
    }

    private Map<String, NetworkContainer> containers(String network) {
        Map<String, NetworkContainer> containers = new LinkedHashMap<>();
        for (Container container : engine.containers().all()) {
            EndpointRecord attachment = container.network();
            if (container.running() && container.hostConfig().networkMode().equals(network)) {
                containers.put(
                        container.id(),
                        attachment == null
                                ? new NetworkContainer(container.name(), "", "", "", "")
                                : new NetworkContainer(
                                        container.name(),
                                        attachment.endpointId(),
                                        attachment.macAddress(),
                                        attachment.address() + "/" + attachment.prefix(),
                                        ""));
            }
        }
        return containers;
    }
}
