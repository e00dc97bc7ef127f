package cairn.daemon;

import cairn.engine.container.AttachedStreams;
import cairn.engine.container.Attachment;
import cairn.engine.container.ContainerFilter;
import cairn.engine.container.Containers;
import cairn.engine.container.Updates;
import cairn.engine.container.Waiter;
import cairn.engine.error.Problem;
import cairn.engine.log.LogFile;
import cairn.engine.log.LogRecord;
import cairn.engine.log.LogSelection;
import cairn.oci.Platform;
import cairn.wire.Json;
import cairn.wire.Timestamps;
import cairn.wire.container.CreateContainerRequest;
import cairn.wire.container.UpdateRequest;
import cairn.wire.container.WaitResponse;
import cairn.wire.http.Duplex;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
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
        router.add("GET", "/containers/{id}/logs", this::logs);
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
            containers.resize(call.path("id"), call.number("h", 0), call.number("w", 0));
            call.exchange().respond(200);
        });
        router.add("POST", "/containers/{id}/wait", this::await);
        router.add("POST", "/containers/{id}/attach", this::attach);
        router.add("DELETE", "/containers/{id}", call -> {
            containers.remove(call.path("id"), call.query().flag("force"));
            call.exchange().respond(204);
        });
    }

    private void list(Call call) throws IOException {
        ContainerFilter filter = new ContainerFilter(call.query().flag("all"), call.number("limit", 0), call.filters());
        call.exchange().respond(200, containers.list(filter, call.query().flag("size")));
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

    private void logs(Call call) throws IOException {
        boolean stdout = call.query().flag("stdout");
        boolean stderr = call.query().flag("stderr");
        if (!stdout && !stderr) {
            throw new Problem.InvalidParameter("Bad parameters: you must choose at least one stream").exception();
        }
        String id = call.path("id");
        boolean terminal = containers.get(id).terminal();
        LogPrefix format =
                new LogPrefix(call.query().flag("timestamps"), call.query().flag("details"));
        Instant now = Instant.now();
        LogSelection selection = new LogSelection(
                stdout,
                stderr,
                since(call.query().get("since"), now),
                since(call.query().get("until"), now),
                tail(call.query().get("tail")),
                call.query().flag("follow"));
        AtomicBoolean gone = new AtomicBoolean();
        call.exchange().onDisconnect(() -> gone.set(true));
        OutputStream out =
                call.exchange().stream(200, terminal || call.version().below(1, 42) ? RAW : MULTIPLEXED);
        send(id, selection, format, terminal, out, gone);
    }

    private void send(
            String id, LogSelection selection, LogPrefix format, boolean terminal, OutputStream out, AtomicBoolean gone)
            throws IOException {
        BatchedOutput batched = new BatchedOutput(out);
        LogFile.Sink sink = new LogFile.Sink() {
            @Override
            public void accept(LogRecord record) throws IOException {
                byte[] before = format.before(record);
                if (!terminal) {
                    batched.head(record.stream(), before.length + record.length());
                }
                batched.write(before, 0, before.length);
                batched.write(record.buffer(), record.start(), record.length());
            }

            @Override
            public void caughtUp() throws IOException {
                batched.flush();
            }
        };
        containers.logs(id, selection, sink, gone::get);
        batched.flush();
    }

    private static @Nullable Instant since(String text, Instant now) {
        return text.isEmpty() || text.equals("0") ? null : Timestamps.parse(text, now, ZoneId.systemDefault());
    }

    private static long tail(String text) {
        if (text.isEmpty() || text.equals("all")) {
            return LogSelection.ALL;
        }
        try {
            long lines = Long.parseLong(text);
            return lines < 0 ? LogSelection.ALL : lines;
        } catch (NumberFormatException e) {
            return LogSelection.ALL; // As Docker: what is no number means everything.
        }
    }

    private void attach(Call call) throws IOException, InterruptedException {
        String id = containers.get(call.path("id")).id();
        boolean terminal = containers.get(id).terminal();
        boolean stream = call.query().flag("stream");
        boolean stdout = call.query().flag("stdout");
        boolean stderr = call.query().flag("stderr");
        String keys = call.query().get("detachKeys");
        Attachment attachment = stream ? containers.attach(id, call.query().flag("stdin"), stdout, stderr) : null;
        try {
            AttachedStreams streams = attachment == null ? null : new AttachedStreams(attachment, keys);
            Duplex duplex = call.exchange().hijack(terminal || call.version().below(1, 42) ? RAW : MULTIPLEXED);
            if (call.query().flag("logs")) {
                LogSelection all = new LogSelection(stdout, stderr, null, null, LogSelection.ALL, false);
                send(id, all, LogPrefix.NONE, terminal, duplex.output(), new AtomicBoolean());
            }
            if (streams != null && streams.carry(duplex.input(), duplex.output()) == AttachedStreams.End.DETACHED) {
                containers.detached(id);
            }
        } finally {
            if (attachment != null) {
                containers.giveUp(id, attachment);
            }
        }
    }
}
