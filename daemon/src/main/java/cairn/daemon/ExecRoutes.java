package cairn.daemon;

import cairn.engine.container.AttachedStreams;
import cairn.engine.container.Attachment;
import cairn.engine.container.DetachKeys;
import cairn.engine.container.Execs;
import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.wire.IdResponse;
import cairn.wire.StreamFrame;
import cairn.wire.container.ExecConfig;
import cairn.wire.container.ExecStartRequest;
import cairn.wire.http.Duplex;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** {@code /containers/{id}/exec} and {@code /exec/...}. */
final class ExecRoutes {
    private static final long EXIT_CODE_MILLIS = 5000;

    private final Execs execs;

    ExecRoutes(Execs execs) {
        this.execs = execs;
    }

    void register(Router router) {
        router.add(
                "POST",
                "/containers/{id}/exec",
                call -> call.exchange()
                        .respond(
                                201,
                                new IdResponse(execs.create(
                                        call.path("id"), call.exchange().json(ExecConfig.class)))));
        router.add("POST", "/exec/{id}/start", this::start);
        router.add("POST", "/exec/{id}/resize", call -> {
            execs.resize(call.path("id"), call.side("h", "height"), call.side("w", "width"));
            call.exchange().respond(200);
        });
        router.add("GET", "/exec/{id}/json", call -> call.exchange().respond(200, execs.inspect(call.path("id"))));
    }

    private void start(Call call) throws IOException, InterruptedException {
        String id = call.path("id");
        ExecStartRequest request = call.exchange().hasBody()
                ? call.exchange().json(ExecStartRequest.class)
                : new ExecStartRequest(false, false, null);
        ExecConfig config = execs.config(id);
        if (request.detach()) {
            execs.start(id, true, null);
            call.exchange().respond(200);
            return;
        }
        execs.checkStartable(id); // While a status can still say it.
        Duplex duplex = call.exchange()
                .hijack(
                        config.tty() || call.version().below(1, 42)
                                ? ContainerRoutes.RAW
                                : ContainerRoutes.MULTIPLEXED);
        Attachment attachment;
        try {
            attachment = execs.start(id, false, request.consoleSize());
        } catch (EngineException e) {
            // The head is out already: the client reads the reason where it expects the output.
            reason(duplex.output(), config.tty(), e.problem());
            return;
        }
        if (attachment == null) {
            return;
        }
        try (attachment) {
            AttachedStreams streams = new AttachedStreams(attachment, DetachKeys.of(config.detachKeys(), "escape"));
            switch (streams.carry(duplex.input(), duplex.output())) {
                // Clients ask for the exit code as soon as the stream ends.
                case PROCESS -> execs.awaitEnd(id, EXIT_CODE_MILLIS);
                case DETACHED -> execs.detached(id);
                case CLIENT -> {}
            }
        }
    }

    private static void reason(OutputStream out, boolean terminal, Problem problem) throws IOException {
        byte[] bytes = (HttpErrors.of(problem).message() + "\r\n").getBytes(StandardCharsets.UTF_8);
        if (terminal) {
            out.write(bytes);
        } else {
            StreamFrame.write(out, StreamFrame.Kind.STDOUT, bytes, 0, bytes.length);
        }
        out.flush();
    }
}
