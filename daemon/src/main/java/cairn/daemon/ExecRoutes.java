package cairn.daemon;

import cairn.engine.container.AttachedStreams;
import cairn.engine.container.Attachment;
import cairn.engine.container.Execs;
import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.wire.IdResponse;
import cairn.wire.StreamFrame;
import cairn.wire.container.ExecConfig;
import cairn.wire.container.ExecInspect;
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
            execs.resize(call.path("id"), call.number("h", 0), call.number("w", 0));
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
        ExecInspect before = execs.inspect(id);
        if (before.running() || before.exitCode() != null) {
            throw new Problem.ExecAlreadyRun(id, before.running()).exception();
        }
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
            AttachedStreams streams = new AttachedStreams(attachment, config.detachKeys());
            if (streams.carry(duplex.input(), duplex.output()) == AttachedStreams.End.PROCESS) {
                // Clients ask for the exit code as soon as the stream ends.
                execs.awaitEnd(id, EXIT_CODE_MILLIS);
            }
        }
    }

    private static void reason(OutputStream out, boolean terminal, Problem problem) throws IOException {
        String text = problem instanceof Problem.LaunchFailed failed
                ? "OCI runtime exec failed: exec failed: unable to start container process: " + failed.text()
                        + ": unknown"
                : HttpErrors.of(problem).message();
        byte[] bytes = (text + "\r\n").getBytes(StandardCharsets.UTF_8);
        if (terminal) {
            out.write(bytes);
        } else {
            StreamFrame.write(out, StreamFrame.Kind.STDOUT, bytes, 0, bytes.length);
        }
        out.flush();
    }
}
