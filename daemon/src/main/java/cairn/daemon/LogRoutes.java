package cairn.daemon;

import cairn.engine.container.Containers;
import cairn.engine.error.Problem;
import cairn.engine.log.ContainerLog;
import cairn.engine.log.LogRecord;
import cairn.engine.log.LogSelection;
import cairn.wire.Timestamps;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** {@code GET /containers/{id}/logs}. */
final class LogRoutes {
    private final Containers containers;

    LogRoutes(Containers containers) {
        this.containers = containers;
    }

    void register(Router router) {
        router.add("GET", "/containers/{id}/logs", this::logs);
    }

    private void logs(Call call) throws IOException {
        boolean stdout = call.query().flag("stdout");
        boolean stderr = call.query().flag("stderr");
        if (!stdout && !stderr) {
            throw new Problem.InvalidParameter("Bad parameters: you must choose at least one stream").exception();
        }
        String id = call.path("id");
        boolean terminal = containers.get(id).terminal();
        containers.checkLogged(id);
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
        OutputStream out = call.exchange().stream(
                200, terminal || call.version().below(1, 42) ? ContainerRoutes.RAW : ContainerRoutes.MULTIPLEXED);
        send(id, selection, format, terminal, out, gone);
    }

    /** @param terminal whether the text goes out as it is, without frames */
    void send(
            String id, LogSelection selection, LogPrefix format, boolean terminal, OutputStream out, AtomicBoolean gone)
            throws IOException {
        BatchedOutput batched = new BatchedOutput(out);
        ContainerLog.Sink sink = new ContainerLog.Sink() {
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
}
