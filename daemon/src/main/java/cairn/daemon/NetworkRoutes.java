package cairn.daemon;

import cairn.engine.container.Connections;
import cairn.engine.network.Network;
import cairn.engine.network.NetworkFilter;
import cairn.engine.network.Networks;
import cairn.wire.network.ConnectRequest;
import cairn.wire.network.CreateNetworkRequest;
import cairn.wire.network.CreateNetworkResponse;
import cairn.wire.network.DisconnectRequest;

/** {@code /networks}. */
final class NetworkRoutes {
    private final Networks networks;
    private final Connections connections;

    NetworkRoutes(Networks networks, Connections connections) {
        this.networks = networks;
        this.connections = connections;
    }

    void register(Router router) {
        router.add(
                "GET",
                "/networks",
                call -> call.exchange().respond(200, networks.list(new NetworkFilter(call.filters()))));
        router.add("GET", "/networks/{id}", call -> call.exchange().respond(200, networks.inspect(call.path("id"))));
        router.add("POST", "/networks/create", call -> {
            Network made = networks.create(call.exchange().json(CreateNetworkRequest.class));
            call.exchange().respond(201, new CreateNetworkResponse(made.id(), ""));
        });
        router.add("POST", "/networks/{id}/connect", call -> {
            ConnectRequest request = call.exchange().json(ConnectRequest.class);
            connections.connect(call.path("id"), request.container(), request.endpointConfig());
            call.exchange().respond(200);
        });
        router.add("POST", "/networks/{id}/disconnect", call -> {
            DisconnectRequest request = call.exchange().json(DisconnectRequest.class);
            connections.disconnect(call.path("id"), request.container(), request.force());
            call.exchange().respond(200);
        });
        router.add("DELETE", "/networks/{id}", call -> {
            networks.remove(call.path("id"));
            call.exchange().respond(204);
        });
    }
}
