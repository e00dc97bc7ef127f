package cairn.daemon;

import cairn.engine.container.ContainerStats;
import cairn.engine.error.EngineException;
import cairn.wire.Json;
import cairn.wire.stats.Stats;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** {@code GET /containers/{id}/stats}. */
final class StatsRoutes {
    private static final long PERIOD_MILLIS = 1000;

    private final ContainerStats stats;

    StatsRoutes(ContainerStats stats) {
        this.stats = stats;
    }

    void register(Router router) {
        router.add("GET", "/containers/{id}/stats", this::stats);
    }

    private void stats(Call call) throws IOException, InterruptedException {
        String id = call.path("id");
        boolean stream = !call.query().has("stream") || call.query().flag("stream");
        boolean oneShot = call.query().flag("one-shot");
        if (stream && oneShot) {
            throw new IllegalArgumentException("cannot have stream=true and one-shot=true");
        }
        Stats before = stats.sample(id);
        CountDownLatch gone = new CountDownLatch(1);
        call.exchange().onDisconnect(gone::countDown);
        OutputStream out = call.exchange().stream(200, "application/json");
        if (!stream) {
            boolean first = oneShot || before.read().equals(Stats.ZERO);
            if (first || !gone.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                write(out, first ? before : ContainerStats.after(before, stats.sample(id)));
            }
            return;
        }
        write(out, before);
        while (!gone.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
            Stats now;
            try {
                now = stats.sample(before.id());
            } catch (EngineException removed) {
                return; // The stream ends with its container.
            }
            write(out, ContainerStats.after(before, now));
            before = now;
        }
    }

    private static void write(OutputStream out, Stats stats) throws IOException {
        out.write((Json.text(stats) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
