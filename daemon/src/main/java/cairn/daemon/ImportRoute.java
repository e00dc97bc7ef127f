package cairn.daemon;

import cairn.engine.Engine;
import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.image.ConfigChanges;
import cairn.oci.Platform;
import cairn.oci.Reference;
import cairn.oci.RunConfig;
import cairn.oci.registry.RemoteFile;
import cairn.wire.ProgressMessageBuilder;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What {@code docker import} asks for. */
final class ImportRoute {
    private final Engine engine;

    ImportRoute(Engine engine) {
        this.engine = engine;
    }

    /** {@code POST /images/create} without {@code fromImage}: from the request's body, or from an address. */
    void answer(Call call) throws IOException {
        try {
            take(call);
        } catch (EngineException e) {
            // A client that is still sending when the answer comes may never read it.
            ArchiveRoutes.drain(call.exchange());
            throw e;
        }
    }

    private void take(Call call) throws IOException {
        String source = call.query().get("fromSrc");
        String repository = call.query().get("repo");
        String tag = call.query().get("tag");
        Reference name = repository.isEmpty()
                ? null
                : ImageRoutes.reference(tag.isEmpty() ? repository : repository + ":" + tag);
        RunConfig config = ConfigChanges.apply(RunConfig.empty(), call.query().all("changes"));
        String message = call.query().get("message");
        String note = message.isEmpty() ? "Imported from " + source : message;
        Platform own = engine.distribution().own();
        Platform platform = Objects.requireNonNullElse(RegistryRoutes.platform(call, own), own);
        if (!platform.os().equals("linux")) {
            throw new Problem.InvalidParameter("operating system is not supported: " + platform.os()).exception();
        }
        if (source.equals("-")) {
            OutputStream out = call.exchange().stream(200, "application/json");
            importTar(out, call.exchange().body(), name, note, config, platform);
            return;
        }
        URI address = address(source);
        try (RemoteFile file = engine.distribution().access().fetch(address)) {
            OutputStream out = call.exchange().stream(200, "application/json");
            status(out, "Downloading from " + address);
            importTar(out, new Counted(file, out), name, note, config, platform);
        }
    }

    private void importTar(
            OutputStream out,
            InputStream tar,
            @Nullable Reference name,
            String note,
            RunConfig config,
            Platform platform) {
        try {
            status(
                    out,
                    engine.images()
                            .importTar(tar, name, note, config, platform)
                            .id()
                            .toString());
        } catch (EngineException e) {
            ImageRoutes.failure(out, HttpErrors.of(e.problem()).message());
        } catch (IOException e) {
            ImageRoutes.failure(out, String.valueOf(e.getMessage()));
        }
    }

    /** As Docker: without a scheme it is http. */
    private static URI address(String source) {
        try {
            URI address = new URI(source.contains("://") ? source : "http://" + source);
            if (address.getHost() == null) {
                throw new Problem.InvalidParameter("invalid source " + source + ": it names no host").exception();
            }
            return address;
        } catch (URISyntaxException e) {
            throw new Problem.InvalidParameter("invalid source " + source + ": " + e.getReason()).exception(e);
        }
    }

    private static void status(OutputStream out, String text) {
        ImageRoutes.line(out, ProgressMessageBuilder.builder().status(text).build());
    }

    /** A remote file that tells how far it has come, ten times a second. */
    private static final class Counted extends FilterInputStream {
        private static final long PERIOD = 100_000_000;

        private final RemoteFile file;
        private final OutputStream out;
        private long got;
        private long told = System.nanoTime();

        Counted(RemoteFile file, OutputStream out) {
            super(file.content());
            this.file = file;
            this.out = out;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            got += Math.max(read, 0);
            if (System.nanoTime() - told > PERIOD) {
                told = System.nanoTime();
                ImageRoutes.line(out, ProgressStream.counted("", "Importing", got, Math.max(file.length(), 0)));
            }
            return read;
        }
    }
}
