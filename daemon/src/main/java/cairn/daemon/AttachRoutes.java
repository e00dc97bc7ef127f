package cairn.daemon;

import cairn.engine.container.AttachedStreams;
import cairn.engine.container.Attachment;
import cairn.engine.container.Containers;
import cairn.engine.container.DetachKeys;
import cairn.engine.log.LogSelection;
import cairn.wire.http.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code /containers/{id}/attach} and {@code /containers/{id}/attach/ws}. */
final class AttachRoutes {
    private final Containers containers;
    private final LogRoutes logs;

    AttachRoutes(Containers containers, LogRoutes logs) {
        this.containers = containers;
        this.logs = logs;
    }

    void register(Router router) {
        router.add("POST", "/containers/{id}/attach", this::attach);
        router.add("GET", "/containers/{id}/attach/ws", this::attachWebSocket);
    }

    private void attach(Call call) throws IOException, InterruptedException {
        String id = containers.get(call.path("id")).id();
        boolean terminal = containers.get(id).terminal();
        boolean stream = call.query().flag("stream");
        boolean stdout = call.query().flag("stdout");
        boolean stderr = call.query().flag("stderr");
        DetachKeys keys = keys(call);
        Attachment attachment = stream ? containers.attach(id, call.query().flag("stdin"), stdout, stderr) : null;
        try {
            AttachedStreams streams = attachment == null ? null : new AttachedStreams(attachment, keys);
            Duplex duplex = call.exchange()
                    .hijack(
                            terminal || call.version().below(1, 42)
                                    ? ContainerRoutes.RAW
                                    : ContainerRoutes.MULTIPLEXED);
            if (call.query().flag("logs")) {
                LogSelection all = new LogSelection(stdout, stderr, null, null, LogSelection.ALL, false);
                logs.send(id, all, LogPrefix.NONE, terminal, duplex.output(), new AtomicBoolean());
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

    private static DetachKeys keys(Call call) {
        return DetachKeys.of(call.query().get("detachKeys"), "detach");
    }

    /** Both outputs in one stream, as Docker has it. */
    private void attachWebSocket(Call call) throws IOException, InterruptedException {
        String id = containers.get(call.path("id")).id();
        boolean terminal = containers.get(id).terminal();
        DetachKeys keys = keys(call);
        boolean stream = call.query().flag("stream");
        boolean all = call.version().below(1, 42); // When nobody was asked which.
        boolean stdin = all || call.query().flag("stdin");
        boolean stdout = all || call.query().flag("stdout");
        boolean stderr = all || call.query().flag("stderr");
        Attachment attachment = stream ? containers.attach(id, stdin, stdout, stderr) : null;
        try {
            AttachedStreams streams = attachment == null ? null : new AttachedStreams(attachment, keys);
            WebSocket socket = WebSocket.accept(call.exchange(), !call.version().below(1, 28));
            if (call.query().flag("logs")) {
                LogSelection past = new LogSelection(stdout, stderr, null, null, LogSelection.ALL, false);
                logs.send(id, past, LogPrefix.NONE, true, socket.output(), new AtomicBoolean());
            }
            if (attachment != null && !attachment.stdin()) {
                Thread.ofVirtual().name("attach-input").start(() -> drain(socket.input(), attachment));
            }
            OutputStream out = terminal ? socket.output() : new WebSocket.Joined(socket.output());
            if (streams != null && streams.carry(socket.input(), out) == AttachedStreams.End.DETACHED) {
                containers.detached(id);
            }
            socket.end();
        } finally {
            if (attachment != null) {
                containers.giveUp(id, attachment);
            }
        }
    }

    /** Of a client whose words nobody wants: he may still ask whether somebody is there, and say that he goes. */
    private static void drain(InputStream input, Attachment attachment) {
        try {
            long _ = input.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            attachment.close();
        }
    }
}
