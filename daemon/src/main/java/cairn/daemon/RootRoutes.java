package cairn.daemon;

import cairn.engine.Engine;
import cairn.engine.container.Commit;
import cairn.engine.container.Containers;
import cairn.engine.error.Problem;
import cairn.oci.InvalidReferenceException;
import cairn.oci.Reference;
import cairn.wire.IdResponse;
import cairn.wire.Json;
import cairn.wire.container.ContainerConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What becomes of a container's files: {@code /commit}, {@code /containers/{id}/changes}, {@code /containers/{id}/export}. */
final class RootRoutes {
    private final Engine engine;
    private final Containers containers;

    RootRoutes(Engine engine) {
        this.engine = engine;
        this.containers = engine.containers();
    }

    void register(Router router) {
        router.add("POST", "/commit", this::commit);
        router.add(
                "GET",
                "/containers/{id}/changes",
                call -> call.exchange().respond(200, engine.rootFiles().changes(call.path("id"))));
        router.add("GET", "/containers/{id}/export", this::export);
    }

    private void commit(Call call) throws IOException {
        String id = call.query().get("container");
        containers.get(id);
        Commit asked = new Commit(
                name(call),
                call.query().get("author"),
                call.query().get("comment"),
                !call.query().has("pause") || call.query().flag("pause"),
                call.query().all("changes"),
                config(call));
        call.exchange()
                .respond(201, new IdResponse(engine.commits().commit(id, asked).toString()));
    }

    private static @Nullable Reference name(Call call) {
        String repository = call.query().get("repo");
        String tag = call.query().get("tag");
        if (repository.isEmpty()) {
            return null;
        }
        try {
            return Reference.parseNormalized(tag.isEmpty() ? repository : repository + ":" + tag);
        } catch (InvalidReferenceException e) {
            throw new Problem.InvalidParameter(String.valueOf(e.getMessage())).exception(e);
        }
    }

    /** Null where the body is empty, which it mostly is. */
    private static @Nullable ContainerConfig config(Call call) throws IOException {
        byte[] body = call.exchange().body().readNBytes(Json.BODY_LIMIT + 1);
        if (body.length > Json.BODY_LIMIT) {
            throw new Problem.InvalidParameter("request body has more than " + Json.BODY_LIMIT + " bytes").exception();
        }
        String text = new String(body, StandardCharsets.UTF_8).strip();
        if (text.isEmpty() || text.equals("null")) {
            return null;
        }
        return Json.read(ContainerConfig.class, body);
    }

    private void export(Call call) throws IOException {
        String id = containers.get(call.path("id")).id();
        try (OutputStream out = call.exchange().stream(200, "application/octet-stream")) {
            engine.rootFiles().export(id, out);
        }
    }
}
