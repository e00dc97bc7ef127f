package cairn.daemon;

import cairn.engine.container.Container;
import cairn.engine.container.ContainerFilter;
import cairn.engine.container.Containers;
import cairn.engine.container.Updates;
import cairn.engine.container.Waiter;
import cairn.engine.error.Problem;
import cairn.oci.Platform;
import cairn.wire.Json;
import cairn.wire.container.CreateContainerRequest;
import cairn.wire.container.UpdateRequest;
import cairn.wire.container.WaitResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** {@code /containers/...}. */
final class ContainerRoutes {
    static final String RAW = "application/vnd.docker.raw-stream";
    static final String MULTIPLEXED = "application/vnd.docker.multiplexed-stream";
    private static final long WAIT_SLICE_MILLIS = 1000;

    private final Containers containers;
    private final Updates updates;
    private final Platform own;

    /** @param own this machine's platform */
    ContainerRoutes(Containers containers, Updates updates, Platform own) {
        this.containers = containers;
        this.updates = updates;
        this.own = own;
    }

    void register(Router router) {
        router.add("GET", "/containers/json", this::list);
        router.add("POST", "/containers/create", this::create);
        router.add(
                "GET",
                "/containers/{id}/json",
                call -> call.exchange()
                        .respond(
                                200,
                                containers.inspect(call.path("id"), call.query().flag("size"))));
        router.add(
                "GET",
                "/containers/{id}/top",
                call -> call.exchange()
                        .respond(
                                200,
                                containers.top(call.path("id"), call.query().get("ps_args"))));
        router.add("POST", "/containers/{id}/start", this::start);
        router.add("POST", "/containers/{id}/stop", call -> {
            containers.stop(call.path("id"), seconds(call), signal(call));
            call.exchange().respond(204);
        });
        router.add("POST", "/containers/{id}/restart", call -> {
            containers.restart(call.path("id"), seconds(call), signal(call));
            call.exchange().respond(204);
        });
        router.add("POST", "/containers/{id}/kill", call -> {
            containers.kill(call.path("id"), signal(call));
            call.exchange().respond(204);
        });
        router.add("POST", "/containers/{id}/rename", call -> {
            containers.rename(call.path("id"), call.query().get("name"));
            call.exchange().respond(204);
        });
        router.add(
                "POST",
                "/containers/{id}/update",
                call -> call.exchange()
                        .respond(
                                200,
                                updates.update(call.path("id"), call.exchange().json(UpdateRequest.class))));
        router.add("POST", "/containers/{id}/pause", call -> {
            containers.pause(call.path("id"));
            call.exchange().respond(204);
        });
        router.add("POST", "/containers/{id}/unpause", call -> {
            containers.unpause(call.path("id"));
            call.exchange().respond(204);
        });
        router.add("POST", "/containers/{id}/resize", call -> {
            containers.resize(call.path("id"), call.side("h", "height"), call.side("w", "width"));
            call.exchange().respond(200);
        });
        router.add("POST", "/containers/{id}/wait", this::await);
        router.add("DELETE", "/containers/{id}", this::remove);
    }

    private void remove(Call call) throws IOException {
        String ref = call.path("id");
        if (call.query().flag("link")) {
            // Never the container in place of a link to it.
            Container _ = containers.get(ref);
            throw new Problem.Conflict("Conflict, cannot remove the default link name of the container").exception();
        }
        containers.remove(ref, call.query().flag("force"), call.query().flag("v"));
        call.exchange().respond(204);
    }

    private void list(Call call) throws IOException {
        ContainerFilter filter = new ContainerFilter(call.query().flag("all"), call.number("limit", 0), call.filters());
        if (call.query().flag("size")) {
            call.exchange().respond(200, containers.list(filter, true));
        } else {
            call.exchange().respondList(200, containers.rows(filter));
        }
    }

    private void create(Call call) throws IOException {
        String name = call.query().get("name");
        CreateContainerRequest request = call.exchange().json(CreateContainerRequest.class);
        call.exchange()
                .respond(
                        201,
                        containers.create(name.isEmpty() ? null : name, RegistryRoutes.platform(call, own), request));
    }

    private void start(Call call) throws IOException {
        // Docker removed a host config in the body of start long ago; whoever still sends one must not believe that it
        // counts.
        if (call.exchange().contentLength() > 7) {
            throw new Problem.InvalidParameter(
                            "starting container with non-empty request body was deprecated since API v1.22 and"
                                    + " removed in v1.24")
                    .exception();
        }
        containers.start(call.path("id"));
        call.exchange().respond(204);
    }

    private static @Nullable Integer seconds(Call call) {
        return call.query().get("t").isEmpty() ? null : call.number("t", 0);
    }

    private static @Nullable String signal(Call call) {
        String signal = call.query().get("signal");
        return signal.isEmpty() ? null : signal;
    }

    /** The head goes out before the wait: the CLI starts the container only after it has seen it. */
    private void await(Call call) throws IOException, InterruptedException {
        Waiter waiter = containers.waiter(call.path("id"), call.query().get("condition"));
        AtomicBoolean gone = new AtomicBoolean();
        call.exchange().onDisconnect(() -> gone.set(true));
        OutputStream out = call.exchange().stream(200, "application/json");
        Integer code = null;
        while (code == null && !gone.get()) {
            code = waiter.await(WAIT_SLICE_MILLIS);
        }
        if (code != null) {
            out.write((Json.text(new WaitResponse(null, code)) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}
