package cairn.daemon;

import cairn.engine.Engine;
import cairn.engine.error.Problem;
import cairn.engine.explain.Explain;
import cairn.engine.hostimage.HostImages;
import cairn.engine.lab.Labs;
import cairn.engine.lab.Unions;
import cairn.wire.http.Query;
import cairn.wire.lab.ChrootRequest;
import cairn.wire.lab.FromHostRequest;
import cairn.wire.lab.NamespacesRequest;
import cairn.wire.lab.UnionRequest;
import cairn.wire.lab.UnionUndoRequest;
import java.io.IOException;
import java.nio.file.Path;

/** {@code /cairn/...}: what Docker's API has no words for. */
final class CairnRoutes {
    private final Engine engine;
    private final Explain explain;
    private final Labs labs;
    private final Unions unions;
    private final HostImages hostImages;

    CairnRoutes(Engine engine) {
        this.engine = engine;
        this.explain = engine.explain();
        this.labs = engine.labs();
        this.unions = engine.unions();
        this.hostImages = engine.hostImages();
    }

    void register(Router router) {
        router.add("GET", "/cairn/explain", this::explain);
        router.add(
                "GET",
                "/cairn/explain/network",
                call -> call.exchange()
                        .respond(200, engine.networkWalk().of(call.query().get("ref"))));
        router.add(
                "GET",
                "/cairn/explain/port",
                call -> call.exchange()
                        .respond(200, engine.portWalk().of(call.query().get("port"))));
        router.add("GET", "/cairn/trace", call -> {
            Query query = call.query();
            call.exchange().respond(200, engine.trace().of(query.get("from"), query.get("to"), query.get("port")));
        });
        router.add(
                "GET",
                "/cairn/why",
                call -> call.exchange()
                        .respond(200, engine.why().of(call.query().get("ref"))));
        router.add(
                "POST",
                "/cairn/lab/ns",
                call -> call.exchange()
                        .respond(200, labs.namespaces(call.exchange().json(NamespacesRequest.class))));
        router.add(
                "POST",
                "/cairn/lab/chroot",
                call -> call.exchange().respond(200, labs.chroot(call.exchange().json(ChrootRequest.class))));
        router.add(
                "POST",
                "/cairn/lab/union",
                call -> call.exchange()
                        .respond(200, unions.mount(call.exchange().json(UnionRequest.class))));
        router.add("POST", "/cairn/lab/union/undo", call -> {
            unions.undo(call.exchange().json(UnionUndoRequest.class));
            call.exchange().respond(204);
        });
        router.add("POST", "/cairn/images/from-host", call -> {
            FromHostRequest request = call.exchange().json(FromHostRequest.class);
            call.exchange().respond(200, hostImages.fromHost(request.name(), request.programs()));
        });
        router.add("GET", "/cairn/images/{name...}/unpack", this::unpack);
    }

    private void explain(Call call) throws IOException {
        String ref = call.query().get("ref");
        if (ref.isEmpty()) {
            throw new Problem.InvalidParameter("name a container or an image to explain").exception();
        }
        Object explanation;
        if (call.query().has("path")) {
            explanation = explain.path(ref, call.query().get("path"));
        } else if (explain.isContainer(ref)) {
            explanation = explain.container(ref);
        } else {
            explanation = explain.image(ref);
        }
        call.exchange().respond(200, explanation);
    }

    private void unpack(Call call) throws IOException {
        engine.unpack(call.path("name"), Path.of(call.query().get("directory")));
        call.exchange().respond(204);
    }
}
