package cairn.daemon;

import cairn.engine.distribution.Cancellation;
import cairn.engine.distribution.TransferProgress;
import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.oci.Digest;
import cairn.wire.ErrorDetail;
import cairn.wire.Json;
import cairn.wire.ProgressBar;
import cairn.wire.ProgressDetail;
import cairn.wire.ProgressMessage;
import cairn.wire.ProgressMessageBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The reply to a pull or push: the work is done on a platform thread, and the request's own thread writes what it tells, line by line. So a
 * client that reads slowly holds up nobody, of a quickly moving figure it gets the latest, ten times a second, and one that goes away ends
 * the work.
 */
final class ProgressStream implements TransferProgress {
    private static final long MOVING_MILLIS = 100;

    /** What takes its time. */
    interface Work {
        void run(TransferProgress progress, Cancellation cancellation);
    }

    private final List<ProgressMessage> lines = new ArrayList<>();
    /** The latest figure of each layer, not written yet. */
    private final Map<String, ProgressMessage> moving = new LinkedHashMap<>();
    /** What each layer was last said to be doing. */
    private final Map<String, String> doing = new HashMap<>();

    private long movedAt;
    private boolean ended;
    private @Nullable RuntimeException failure;

    private ProgressStream() {}

    /**
     * Runs the work and answers the call with what it tells. What fails before the first line is thrown, for a status of its own; later
     * failures travel in the stream.
     *
     * @param name of the thread
     */
    static void run(Call call, String name, Work work) throws IOException, InterruptedException {
        ProgressStream stream = new ProgressStream();
        Cancellation cancellation = new Cancellation();
        call.exchange().onDisconnect(cancellation::cancel);
        Thread worker = Thread.ofPlatform().name(name).start(() -> stream.work(work, cancellation));
        stream.answer(call, cancellation);
        worker.join();
    }

    private void work(Work work, Cancellation cancellation) {
        RuntimeException why = null;
        try {
            work.run(this, cancellation);
        } catch (EngineException e) {
            why = e;
        } catch (RuntimeException | Error e) {
            why = new Problem.Internal(String.valueOf(e)).exception(e);
        }
        synchronized (this) {
            ended = true;
            failure = why;
            notifyAll();
        }
    }

    private void answer(Call call, Cancellation cancellation) throws IOException, InterruptedException {
        OutputStream out = null;
        IOException gone = null;
        for (List<ProgressMessage> due = next(); !due.isEmpty(); due = next()) {
            try {
                if (out == null) {
                    out = call.exchange().stream(200, "application/json");
                }
                if (gone == null) {
                    out.write(bytes(due));
                    out.flush();
                }
            } catch (IOException e) {
                // The work is told, and waited for: nothing of it outlives its request.
                gone = e;
                cancellation.cancel();
            }
        }
        if (gone != null) {
            throw gone;
        }
        RuntimeException why = failure();
        if (why != null) {
            if (out == null) {
                throw why;
            }
            out.write(bytes(List.of(failed(why))));
        } else if (out == null) {
            call.exchange().stream(200, "application/json");
        }
    }

    private synchronized @Nullable RuntimeException failure() {
        return failure;
    }

    private static ProgressMessage failed(RuntimeException failure) {
        String text = failure instanceof EngineException e
                ? HttpErrors.of(e.problem()).message()
                : String.valueOf(failure);
        return ProgressMessageBuilder.builder()
                .errorDetail(new ErrorDetail(0, text))
                .error(text)
                .build();
    }

    /** A line with figures. */
    static ProgressMessage counted(String id, String action, long current, long total) {
        return ProgressMessageBuilder.builder()
                .id(id)
                .status(action)
                .progressDetail(new ProgressDetail(current, total, 0, false, ""))
                .progress(ProgressBar.text(current, total))
                .build();
    }

    private static byte[] bytes(List<ProgressMessage> messages) {
        StringBuilder text = new StringBuilder();
        messages.forEach(message -> text.append(Json.text(message)).append("\r\n"));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Waits for what is to be written next; empty at the end. */
    private synchronized List<ProgressMessage> next() throws InterruptedException {
        while (lines.isEmpty() && !ended) {
            if (moving.isEmpty()) {
                wait();
                continue;
            }
            long left = movedAt + MOVING_MILLIS - System.nanoTime() / 1_000_000;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        List<ProgressMessage> due = new ArrayList<>(lines);
        lines.clear();
        if (System.nanoTime() / 1_000_000 >= movedAt + MOVING_MILLIS) {
            due.addAll(moving.values());
            moving.clear();
            movedAt = System.nanoTime() / 1_000_000;
        }
        return due;
    }

    // ---- told by the work

    @Override
    public synchronized void line(String id, String status) {
        moving.remove(id);
        doing.remove(id);
        // As Docker: what concerns a layer has a place for figures, the rest has none.
        boolean layer = !id.isEmpty() && !status.startsWith("Pulling from ");
        tell(ProgressMessageBuilder.builder()
                .id(id)
                .status(status)
                .progressDetail(layer ? new ProgressDetail(0, 0, 0, false, "") : null)
                .build());
    }

    @Override
    public synchronized void bytes(String id, String action, long current, long total) {
        ProgressMessage message = counted(id, action, current, total);
        // As Docker: the first figure of each kind and the one that says that all is done are never left out.
        if (action.equals(doing.put(id, action)) && current != total) {
            boolean first = moving.isEmpty();
            moving.put(id, message);
            if (first) {
                notifyAll();
            }
        } else {
            moving.remove(id);
            tell(message);
        }
    }

    @Override
    public synchronized void warning(Problem problem) {
        line("", "WARNING: " + HttpErrors.of(problem).message());
    }

    @Override
    public synchronized void pushed(String tag, Digest digest, int size) {
        line("", tag + ": digest: " + digest + " size: " + size);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("Tag", tag);
        result.put("Digest", digest.toString());
        result.put("Size", size);
        tell(ProgressMessageBuilder.builder()
                .progressDetail(new ProgressDetail(0, 0, 0, false, ""))
                .aux(Json.text(result))
                .build());
    }

    private void tell(ProgressMessage message) {
        lines.add(message);
        notifyAll();
    }
}
