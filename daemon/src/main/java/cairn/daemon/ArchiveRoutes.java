package cairn.daemon;

import cairn.engine.container.Copies;
import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.oci.tar.TarException;
import cairn.wire.Json;
import cairn.wire.container.PathStat;
import cairn.wire.http.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Base64;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** {@code /containers/{id}/archive}: files in and out of containers. */
final class ArchiveRoutes {
    private static final long DRAINED = 1L << 30;
    private static final String STAT = "X-Docker-Container-Path-Stat";

    private final Copies copies;

    ArchiveRoutes(Copies copies) {
        this.copies = copies;
    }

    void register(Router router) {
        router.add("HEAD", "/containers/{id}/archive", this::stat);
        router.add("GET", "/containers/{id}/archive", this::send);
        router.add("PUT", "/containers/{id}/archive", this::receive);
    }

    private static String path(Call call) {
        String path = call.query().get("path");
        if (path.isEmpty()) {
            throw new Problem.InvalidParameter("bad parameter: path cannot be empty").exception();
        }
        return path;
    }

    private static void tell(Exchange exchange, PathStat stat) {
        exchange.addHeader(STAT, Base64.getEncoder().encodeToString(Json.write(stat)));
    }

    private void stat(Call call) throws IOException {
        tell(call.exchange(), copies.stat(call.path("id"), path(call)));
        call.exchange().respond(200);
    }

    private void send(Call call) throws IOException {
        Exchange exchange = call.exchange();
        copies.send(call.path("id"), path(call), stat -> {
            tell(exchange, stat);
            return compressed(exchange);
        });
    }

    /** As the client prefers it; Docker's own clients want it plain on a socket of the machine. */
    private static OutputStream compressed(Exchange exchange) throws IOException {
        String accepted = exchange.header("Accept-Encoding");
        for (String coding : (accepted == null ? "" : accepted.toLowerCase(Locale.ROOT)).split(",")) {
            String[] parts = coding.strip().split(";");
            if (parts.length > 1 && parts[1].strip().matches("q=0(\\.0*)?")) {
                continue;
            }
            switch (parts[0].strip()) {
                case "gzip" -> {
                    exchange.addHeader("Content-Encoding", "gzip");
                    return new GZIPOutputStream(exchange.stream(200, "application/x-tar"));
                }
                case "deflate" -> {
                    exchange.addHeader("Content-Encoding", "deflate");
                    return new DeflaterOutputStream(
                            exchange.stream(200, "application/x-tar"),
                            new Deflater(Deflater.DEFAULT_COMPRESSION, true));
                }
                default -> {}
            }
        }
        return exchange.stream(200, "application/x-tar");
    }

    private void receive(Call call) throws IOException {
        boolean keepKinds = call.query().flag("noOverwriteDirNonDir");
        boolean asUser = call.query().flag("copyUIDGID");
        try {
            copies.receive(
                    call.path("id"),
                    path(call),
                    keepKinds,
                    asUser,
                    call.exchange().body());
        } catch (EngineException e) {
            drain(call.exchange());
            throw e;
        } catch (TarException e) {
            drain(call.exchange());
            throw new Problem.BadArchive(null, String.valueOf(e.getMessage())).exception(e);
        }
        call.exchange().respond(200);
    }

    /** A client that is still sending when the answer comes may never read it. */
    static void drain(Exchange exchange) throws IOException {
        byte[] buffer = new byte[64 << 10];
        long left = DRAINED;
        for (int n = 0; n >= 0 && left > 0; left -= n) {
            n = exchange.body().read(buffer);
        }
    }
}
