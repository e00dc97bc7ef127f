package cairn.daemon;

import cairn.engine.Engine;
import cairn.engine.container.Rehearsal;
import cairn.linux.NativeCrypto;
import cairn.wire.http.HttpClient;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Behind the first answer: what the first container, or the first pull, would otherwise wait for. */
final class WarmUp {
    private static final System.Logger LOG = System.getLogger(WarmUp.class.getName());

    /** Whoever has waited for the daemon asks at once, and is not to share the processor with a rehearsal. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    private WarmUp() {}

    /** Returns at once. */
    static void start(Engine engine, Path socket) {
        Thread.ofPlatform().name("warm-up").daemon().start(() -> {
            try {
                Thread.sleep(PAUSE);
                engine.prepare();
                NativeCrypto.install();
                engine.rehearse();
                converse(socket);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "the first container will take longer: {0}", e.getMessage());
            }
        });
    }

    /** Requests that change nothing: a list, and a container without an image, which is refused. */
    private static void converse(Path socket) throws IOException {
        try (HttpClient client = new HttpClient(socket)) {
            for (int round = 0; round < Rehearsal.ROUNDS; round++) {
                try (Reply list = client.send("GET", "/containers/json", null);
                        Reply refused = client.send("POST", "/containers/create", Rehearsal.request())) {
                    list.bytes();
                    refused.bytes();
                }
            }
        }
    }
}
