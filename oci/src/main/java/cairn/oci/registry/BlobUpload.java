package cairn.oci.registry;

import cairn.oci.Digest;
import cairn.oci.http.HttpFailure;
import cairn.oci.http.HttpReply;
import cairn.oci.http.HttpRequest;
import cairn.oci.http.Origin;
import cairn.oci.registry.Exchange.Ask;
import cairn.oci.registry.RegistryException.Kind;
import cairn.oci.registry.Repository.Progress;
import cairn.oci.registry.Repository.Source;
import cairn.oci.registry.Repository.Uploaded;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Blobs on their way to a registry (distribution spec, "Pushing Blobs"). A blob whose digest is known goes in one PUT; where that breaks, the
 * registry is asked how much it has, and gets the rest, or all of it again where it has forgotten.
 */
final class BlobUpload {
    private static final int BUFFER = 256 << 10;
    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]{1,18})");
    private static final Map<String, String> OCTETS = Map.of("Content-Type", "application/octet-stream");

    /**
     * An upload that a registry has opened.
     *
     * @param location where its next part goes, as {@code from} at {@code peer} named it
     */
    private record Session(
            URI location, Origin from, @Nullable InetAddress peer) {
        static Session of(HttpReply reply) throws HttpFailure {
            String location = reply.header("Location");
            if (location == null) {
                throw new HttpFailure(HttpFailure.Kind.PROTOCOL, "upload has no Location");
            }
            return new Session(Redirects.resolve(reply.uri(), location), Redirects.origin(reply.uri()), reply.peer());
        }

        Session with(URI other) {
            return new Session(other, from, peer);
        }
    }

    private final Line line;
    private final Exchange exchange;
    private final Endpoint endpoint;
    private final String uploads;
    private final List<String> scopes;

    /** @param uploads path of the repository's uploads */
    BlobUpload(Line line, Exchange exchange, Endpoint endpoint, String uploads, List<String> scopes) {
        this.line = line;
        this.exchange = exchange;
        this.endpoint = endpoint;
        this.uploads = uploads;
        this.scopes = scopes;
    }

    void send(Digest digest, long size, Source source, Progress progress) throws IOException {
        Session session = null;
        long there = 0;
        for (int attempt = 1; ; attempt++) {
            try {
                if (session == null) {
                    session = begin();
                }
                if (there == 0) {
                    finish(session, digest, new Part(source, 0, size, progress, null));
                } else {
                    Ask ask = part(new Part(source, there, size, progress, null), there + "-" + (size - 1));
                    finish(next(session, ask), digest, null);
                }
                progress.at(size);
                return;
            } catch (HttpFailure e) {
                if (!e.passing() || attempt >= line.retry().attempts()) {
                    throw failed(e);
                }
            } catch (RegistryException e) {
                if (!passing(e) || attempt >= line.retry().attempts()) {
                    throw e;
                }
            }
            line.retry().pause(attempt, null);
            there = session == null ? 0 : received(session, size);
            session = there == 0 ? null : session;
        }
    }

    Uploaded send(Source source, Progress progress) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                MessageDigest computation = Digest.newSha256();
                Part part = new Part(source, 0, -1, progress, computation);
                Session session = next(begin(), part(part, null));
                Digest digest = Digest.sha256(computation);
                finish(session, digest, null);
                return new Uploaded(digest, part.sent);
            } catch (HttpFailure e) {
                if (!e.passing() || attempt >= line.retry().attempts()) {
                    throw failed(e);
                }
            } catch (RegistryException e) {
                if (!passing(e) || attempt >= line.retry().attempts()) {
                    throw e;
                }
            }
            line.retry().pause(attempt, null);
        }
    }

    /** Whether the registry took the blob over from its repository {@code from}. */
    boolean mount(Digest digest, String from, List<String> both) throws RegistryException {
        HttpReply reply = exchange.send(
                endpoint,
                new Ask(
                        "POST",
                        uploads + "?mount=" + digest + "&from=" + from,
                        Map.of(),
                        new Tokens.Bytes(new byte[0]),
                        both));
        try (reply) {
            if (reply.status() == 429 || reply.status() >= 500) {
                throw ErrorReply.of(reply).exception();
            }
            if (reply.status() == 202) {
                abandon(Session.of(reply));
            }
            return reply.status() == 201;
        } catch (HttpFailure e) {
            return false; // an upload without an address was opened; the blob has to be sent in another
        }
    }

    private Session begin() throws RegistryException, HttpFailure {
        HttpReply reply =
                exchange.send(endpoint, new Ask("POST", uploads, Map.of(), new Tokens.Bytes(new byte[0]), scopes));
        try (reply) {
            if (reply.status() != 202) {
                throw ErrorReply.of(reply).exception();
            }
            return Session.of(reply);
        }
    }

    private Ask part(Part part, @Nullable String range) {
        Map<String, String> headers =
                range == null ? OCTETS : Map.of("Content-Type", "application/octet-stream", "Content-Range", range);
        return new Ask("PATCH", "", headers, part, scopes);
    }

    /** Sends a part; returns where the next one goes. */
    private Session next(Session session, Ask ask) throws RegistryException, HttpFailure {
        HttpReply reply = follow(session, ask);
        try (reply) {
            if (reply.status() != 202) {
                throw ErrorReply.of(reply).exception();
            }
            return reply.header("Location") == null ? session : Session.of(reply);
        }
    }

    private void finish(Session session, Digest digest, @Nullable Part all) throws RegistryException, HttpFailure {
        String location = session.location().toString();
        char separator = session.location().getRawQuery() == null ? '?' : '&';
        Session last = session.with(Redirects.resolve(
                session.location(), location + separator + "digest=" + digest.algorithm() + "%3A" + digest.hex()));
        HttpReply reply =
                follow(last, new Ask("PUT", "", OCTETS, all == null ? new Tokens.Bytes(new byte[0]) : all, scopes));
        try (reply) {
            if (reply.status() != 201 && reply.status() != 204) {
                throw ErrorReply.of(reply).exception();
            }
            String told = reply.header("Docker-Content-Digest");
            if (told != null
                    && told.startsWith(digest.algorithm() + ":")
                    && !told.strip().equals(digest.toString())) {
                throw new RegistryException(
                        Kind.INVALID, "the registry took blob " + digest + " for " + ErrorReply.clean(told));
            }
        }
    }

    private HttpReply follow(Session session, Ask ask) throws RegistryException, HttpFailure {
        return exchange.follow(endpoint, session.location(), session.from(), session.peer(), ask);
    }

    /** How much of a broken upload the registry has; 0 where it does not say. */
    private long received(Session session, long size) throws RegistryException {
        try (HttpReply reply = follow(session, Ask.get("", scopes))) {
            String header = reply.header("Range");
            Matcher range = RANGE.matcher(header == null ? "" : header);
            if (reply.status() != 204 || !range.matches()) {
                return 0;
            }
            long received = Long.parseLong(range.group(1)) + 1;
            // 0-0 is what registries say of nothing as well as of one byte.
            return received > 1 && received < size ? received : 0;
        } catch (HttpFailure e) {
            return 0;
        }
    }

    /** Frees what the registry holds for an upload that does not go on; it would do so itself in time. */
    private void abandon(Session session) {
        try {
            follow(session, new Ask("DELETE", "", Map.of(), null, scopes)).close();
        } catch (RegistryException | HttpFailure e) {
            // It need not.
        }
    }

    private static boolean passing(RegistryException e) {
        return switch (e.kind()) {
            case UNAVAILABLE, RATE_LIMITED, NOT_FOUND -> true; // an upload may be forgotten
            case UNAUTHORIZED, DENIED, INVALID -> false;
        };
    }

    /** A failure of the source is the caller's own. */
    private static IOException failed(HttpFailure e) {
        return e.kind() == HttpFailure.Kind.SOURCE && e.getCause() instanceof IOException own
                ? own
                : RegistryException.of(e);
    }

    /** Bytes of a source from a position on. */
    private static final class Part implements HttpRequest.Body {
        private final Source source;
        private final long from;
        private final long size;
        private final Progress progress;
        private final @Nullable MessageDigest computation;
        private long sent;

        /** @param size of the whole source, -1 where it shows at the end */
        Part(Source source, long from, long size, Progress progress, @Nullable MessageDigest computation) {
            this.source = source;
            this.from = from;
            this.size = size;
            this.progress = progress;
            this.computation = computation;
        }

        @Override
        public long length() {
            return size < 0 ? -1 : size - from;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            if (computation != null) {
                computation.reset();
            }
            sent = from;
            byte[] buffer = new byte[BUFFER];
            try (InputStream in = source.open()) {
                in.skipNBytes(from);
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (computation != null) {
                        computation.update(buffer, 0, read);
                    }
                    if (size >= 0 && sent + read > size) {
                        throw new IOException("there are more than " + size + " bytes to send");
                    }
                    out.write(buffer, 0, read);
                    sent += read;
                    progress.at(sent);
                }
            }
            if (size >= 0 && sent < size) {
                throw new EOFException("there are " + sent + " bytes to send instead of " + size);
            }
        }
    }
}
