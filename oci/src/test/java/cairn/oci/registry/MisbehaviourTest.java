package cairn.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import cairn.oci.Digest;
import cairn.oci.MediaTypes;
import cairn.oci.Reference;
import cairn.oci.http.Timeouts;
import cairn.oci.registry.RegistryException.Kind;
import cairn.oci.registry.ScriptedServer.Script;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What servers may do instead of what they should, each once: refused with a kind and words, or coped with; never more requests than due. */
final class MisbehaviourTest {
    private static final byte[] MANIFEST = ("{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.OCI_MANIFEST
                    + "\",\"config\":{},\"layers\":[]}")
            .getBytes(StandardCharsets.UTF_8);
    private static final String TYPE = "Content-Type: " + MediaTypes.OCI_MANIFEST;
    private static final byte[] BLOB = new byte[100_000];
    private static final Digest DIGEST = Digest.sha256(BLOB);
    private static final Digest OTHER = Digest.sha256(new byte[1]);
    private static final Credentials USER = new Credentials("user", "secret", "", "");

    private interface Action {
        Object on(Repository repository) throws Exception;
    }

    /**
     * @param kind null where it goes well
     * @param says part of the message, or of the outcome's text where it goes well
     * @param most requests that may be sent
     */
    private record Behaviour(String name, Script script, Action action, Kind kind, String says, int most) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final Action BY_TAG =
            repository -> repository.manifest("latest").descriptor().digest();
    private static final Action BY_DIGEST = repository -> repository.manifest(OTHER.toString());

    private static final Action WHOLE = repository -> read(repository, 0);
    private static final Action REST = repository -> read(repository, 40_000);
    private static final Action TAGS = Repository::tags;
    private static final Action UPLOAD = repository -> {
        repository.uploadBlob(DIGEST, BLOB.length, () -> new ByteArrayInputStream(BLOB), at -> {});
        return "sent";
    };

    private static String read(Repository repository, long offset) throws IOException {
        try (BlobStream stream = repository.blob(DIGEST, BLOB.length, offset)) {
            return stream.offset() + "+" + stream.in().readAllBytes().length;
        }
    }

    private static Behaviour fails(String name, Action action, Kind kind, String says, int most, Script script) {
        return new Behaviour(name, script, action, kind, says, most);
    }

    private static Behaviour copes(String name, Action action, String says, int most, Script script) {
        return new Behaviour(name, script, action, null, says, most);
    }

    static Stream<Behaviour> manifests() {
        String good = Digest.sha256(MANIFEST).toString();
        return Stream.of(
                copes("a good manifest", BY_TAG, good, 1, (q, a) -> a.reply("200 OK", MANIFEST, TYPE)),
                copes("a manifest in chunks", BY_TAG, good, 1, (q, a) -> a.chunked(MANIFEST, TYPE)),
                copes(
                        "a type with a parameter",
                        BY_TAG,
                        good,
                        1,
                        (q, a) -> a.reply("200 OK", MANIFEST, TYPE + "; charset=utf-8")),
                fails(
                        "unknown manifest",
                        BY_TAG,
                        Kind.NOT_FOUND,
                        ":latest not found: manifest unknown: gone",
                        1,
                        (q, a) -> a.reply(
                                "404 Not Found",
                                "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"gone\"}]}")),
                fails(
                        "404 without words",
                        BY_TAG,
                        Kind.NOT_FOUND,
                        "not found: manifest unknown",
                        1,
                        (q, a) -> a.reply("404 Not Found", "<html>")),
                fails(
                        "unknown repository",
                        BY_TAG,
                        Kind.NOT_FOUND,
                        "/a/b not found: name unknown",
                        1,
                        (q, a) -> a.reply(
                                "404 Not Found", "{\"errors\":[{\"code\":\"NAME_UNKNOWN\",\"message\":\"x\"}]}")),
                fails(
                        "huge manifest, announced",
                        BY_TAG,
                        Kind.INVALID,
                        "more than 4194304",
                        1,
                        (q, a) -> a.head("200 OK", TYPE, "Content-Length: 999999999999")),
                fails("huge manifest, in chunks without end", BY_TAG, Kind.INVALID, "more than 4194304", 1, (q, a) -> {
                    a.head("200 OK", TYPE, "Transfer-Encoding: chunked");
                    byte[] chunk = new byte[0x10000];
                    while (true) {
                        a.raw("10000\r\n");
                        a.bytes(chunk);
                        a.raw("\r\n");
                    }
                }),
                fails(
                        "another manifest than asked for",
                        BY_DIGEST,
                        Kind.INVALID,
                        "verification failed",
                        1,
                        (q, a) -> a.reply("200 OK", MANIFEST, TYPE)),
                fails(
                        "a digest header that lies",
                        BY_TAG,
                        Kind.INVALID,
                        "says its digest is",
                        1,
                        (q, a) -> a.reply("200 OK", MANIFEST, TYPE, "Docker-Content-Digest: " + OTHER)),
                fails(
                        "a type that is not the document's",
                        BY_TAG,
                        Kind.INVALID,
                        "says of itself",
                        1,
                        (q, a) -> a.reply("200 OK", MANIFEST, "Content-Type: " + MediaTypes.OCI_INDEX)),
                fails(
                        "a type of long ago",
                        BY_TAG,
                        Kind.INVALID,
                        "unsupported manifest media type",
                        1,
                        (q, a) -> a.reply(
                                "200 OK",
                                "{}",
                                "Content-Type: application/vnd.docker.distribution.manifest.v1+prettyjws")),
                fails("no JSON", BY_TAG, Kind.INVALID, "no valid JSON", 1, (q, a) -> a.reply("200 OK", "<html>", TYPE)),
                fails(
                        "a member twice",
                        BY_TAG,
                        Kind.INVALID,
                        "twice",
                        1,
                        (q, a) -> a.reply("200 OK", "{\"mediaType\":\"a\",\"mediaType\":\"b\"}", TYPE)),
                fails("a body shorter than announced", BY_TAG, Kind.UNAVAILABLE, "unexpected EOF", 1, (q, a) -> {
                    a.head("200 OK", TYPE, "Content-Length: 500");
                    a.bytes(MANIFEST);
                    a.close();
                }),
                fails("a byte now and then", BY_TAG, Kind.UNAVAILABLE, "", 1, (q, a) -> {
                    a.head("200 OK", TYPE, "Content-Length: 500");
                    while (true) {
                        a.raw(" ");
                        Thread.sleep(50);
                    }
                }));
    }

    static Stream<Behaviour> http() {
        String good = Digest.sha256(MANIFEST).toString();
        return Stream.of(
                fails(
                        "silence",
                        BY_TAG,
                        Kind.UNAVAILABLE,
                        "timeout awaiting response headers",
                        5,
                        (q, a) -> Thread.sleep(5_000)),
                copes("500, then well", BY_TAG, good, 2, first("500 Internal Server Error")),
                copes("502, then well", BY_TAG, good, 2, first("502 Bad Gateway")),
                copes("429, then well", BY_TAG, good, 2, first("429 Too Many Requests", "Retry-After: 0")),
                copes(
                        "come back in a year",
                        BY_TAG,
                        good,
                        2,
                        first("503 Service Unavailable", "Retry-After: 31536000")),
                copes(
                        "come back at a bad time",
                        BY_TAG,
                        good,
                        2,
                        first("503 Service Unavailable", "Retry-After: soon")),
                copes("hung up, then well", BY_TAG, good, 2, new Script() {
                    private boolean before;

                    @Override
                    public void answer(ScriptedServer.Request q, ScriptedServer.Answer a) throws Exception {
                        if (before) {
                            a.reply("200 OK", MANIFEST, TYPE);
                        } else {
                            before = true;
                            a.close();
                        }
                    }
                }),
                fails(
                        "503 for ever",
                        BY_TAG,
                        Kind.UNAVAILABLE,
                        "received unexpected HTTP status: 503 Service Unavailable",
                        5,
                        (q, a) -> a.reply("503 Service Unavailable", "busy")),
                fails(
                        "429 for ever",
                        BY_TAG,
                        Kind.RATE_LIMITED,
                        "toomanyrequests: slow down",
                        5,
                        (q, a) -> a.reply(
                                "429 Too Many Requests",
                                "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow down\"}]}")),
                fails("no HTTP", BY_TAG, Kind.INVALID, "malformed HTTP response", 5, (q, a) -> {
                    a.raw("SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n\r\n");
                    a.close();
                }),
                fails(
                        "two ways to tell the length",
                        BY_TAG,
                        Kind.INVALID,
                        "unsupported transfer encoding",
                        1,
                        (q, a) -> a.chunked(MANIFEST, TYPE, "Content-Length: 3")),
                fails(
                        "two lengths",
                        BY_TAG,
                        Kind.INVALID,
                        "two Content-Lengths",
                        1,
                        (q, a) -> a.reply("200 OK", MANIFEST, TYPE, "Content-Length: 3")),
                fails(
                        "a negative length",
                        BY_TAG,
                        Kind.INVALID,
                        "bad Content-Length",
                        1,
                        (q, a) -> a.head("200 OK", TYPE, "Content-Length: -1")),
                fails(
                        "an unknown transfer encoding",
                        BY_TAG,
                        Kind.INVALID,
                        "unsupported transfer encoding",
                        1,
                        (q, a) -> a.head("200 OK", TYPE, "Transfer-Encoding: gzip, chunked")),
                fails(
                        "too many headers",
                        BY_TAG,
                        Kind.INVALID,
                        "malformed HTTP response",
                        1,
                        (q, a) -> a.reply(
                                "200 OK",
                                MANIFEST,
                                Stream.generate(() -> "X: y").limit(300).toArray(String[]::new))),
                fails(
                        "a header without end",
                        BY_TAG,
                        Kind.INVALID,
                        "malformed HTTP response",
                        1,
                        (q, a) -> a.reply("200 OK", MANIFEST, "X: " + "y".repeat(100_000))),
                fails("interim replies without end", BY_TAG, Kind.INVALID, "no final reply", 1, (q, a) -> {
                    while (true) {
                        a.raw("HTTP/1.1 103 Early Hints\r\n\r\n");
                    }
                }),
                fails(
                        "another protocol",
                        BY_TAG,
                        Kind.INVALID,
                        "no final reply",
                        1,
                        (q, a) -> a.head("101 Switching Protocols", "Upgrade: x")),
                fails(
                        "a status of its own",
                        BY_TAG,
                        Kind.INVALID,
                        "HTTP 418 response body",
                        1,
                        (q, a) -> a.reply("418 I'm a teapot", "short and stout")),
                fails(
                        "words that would change the terminal",
                        BY_TAG,
                        Kind.INVALID,
                        "\"[31mred\"",
                        1,
                        (q, a) -> a.reply("400 Bad Request", "\u001b[31mred")),
                fails(
                        "ten megabytes of error",
                        BY_TAG,
                        Kind.INVALID,
                        "HTTP 400 response body",
                        1,
                        (q, a) -> a.reply("400 Bad Request", "x".repeat(10 << 20))));
    }

    static Stream<Behaviour> redirects() {
        String good = Digest.sha256(MANIFEST).toString();
        return Stream.of(
                copes("one step, relative", BY_TAG, good, 2, (q, a) -> {
                    if (q.target().startsWith("/v2/")) {
                        a.reply("307 Temporary Redirect", "", "Location: /there?x=y");
                    } else {
                        a.reply("200 OK", MANIFEST, TYPE);
                    }
                }),
                fails(
                        "in a circle",
                        BY_TAG,
                        Kind.INVALID,
                        "stopped after 5 redirects",
                        6,
                        (q, a) -> a.reply("302 Found", "", "Location: " + q.target())),
                fails("to nowhere", BY_TAG, Kind.INVALID, "missing Location", 1, (q, a) -> a.reply("302 Found", "")),
                fails(
                        "to no address",
                        BY_TAG,
                        Kind.INVALID,
                        "malformed Location",
                        1,
                        (q, a) -> a.reply("302 Found", "", "Location: http://[x")),
                fails(
                        "to a file",
                        BY_TAG,
                        Kind.INVALID,
                        "no address of an HTTP server",
                        1,
                        (q, a) -> a.reply("302 Found", "", "Location: file:///etc/shadow")),
                fails(
                        "with a user",
                        BY_TAG,
                        Kind.INVALID,
                        "no address of an HTTP server",
                        1,
                        (q, a) -> a.reply("302 Found", "", "Location: http://user:pass@127.0.0.1/")),
                fails(
                        "to a cloud's secrets",
                        BY_TAG,
                        Kind.INVALID,
                        "refused to be led",
                        1,
                        (q, a) -> a.reply("302 Found", "", "Location: http://169.254.169.254/latest/meta-data/")),
                fails(
                        "to them by IPv6",
                        BY_TAG,
                        Kind.INVALID,
                        "refused to be led",
                        1,
                        (q, a) -> a.reply("302 Found", "", "Location: http://[::ffff:169.254.169.254]/")),
                fails(
                        "to the Internet without TLS",
                        BY_TAG,
                        Kind.INVALID,
                        "plain HTTP is for this machine",
                        1,
                        (q, a) -> a.reply("302 Found", "", "Location: http://192.0.2.1/")),
                fails(
                        "a long address",
                        BY_TAG,
                        Kind.INVALID,
                        "more than 16384 characters",
                        1,
                        (q, a) -> a.reply("302 Found", "", "Location: /" + "x".repeat(20_000))),
                fails(
                        "an upload, on",
                        UPLOAD,
                        Kind.INVALID,
                        "307 Temporary Redirect",
                        1,
                        (q, a) -> a.reply("307 Temporary Redirect", "", "Location: /there")));
    }

    static Stream<Behaviour> blobs() {
        return Stream.of(
                copes("a whole blob", WHOLE, "0+100000", 1, (q, a) -> a.reply("200 OK", BLOB)),
                copes("a whole blob in a chunk", WHOLE, "0+100000", 1, (q, a) -> a.chunked(BLOB)),
                copes(
                        "a part that was asked for",
                        REST,
                        "40000+60000",
                        1,
                        (q, a) -> a.reply(
                                "206 Partial Content", new byte[60_000], "Content-Range: bytes 40000-99999/100000")),
                copes(
                        "a part of who knows how much",
                        REST,
                        "40000+60000",
                        1,
                        (q, a) ->
                                a.reply("206 Partial Content", new byte[60_000], "Content-Range: bytes 40000-99999/*")),
                copes("all instead of a part", REST, "0+100000", 1, (q, a) -> a.reply("200 OK", BLOB)),
                fails(
                        "a part that was not asked for",
                        WHOLE,
                        Kind.INVALID,
                        "not asked for",
                        1,
                        (q, a) -> a.reply(
                                "206 Partial Content", new byte[60_000], "Content-Range: bytes 40000-99999/100000")),
                fails(
                        "another part",
                        REST,
                        Kind.INVALID,
                        "sent as bytes 39999-99999/100000",
                        1,
                        (q, a) -> a.reply(
                                "206 Partial Content", new byte[60_001], "Content-Range: bytes 39999-99999/100000")),
                fails(
                        "less than the rest",
                        REST,
                        Kind.INVALID,
                        "sent as",
                        1,
                        (q, a) -> a.reply(
                                "206 Partial Content", new byte[10_000], "Content-Range: bytes 40000-49999/100000")),
                fails(
                        "the rest of another size",
                        REST,
                        Kind.INVALID,
                        "sent as",
                        1,
                        (q, a) -> a.reply(
                                "206 Partial Content", new byte[60_000], "Content-Range: bytes 40000-99999/100001")),
                fails(
                        "a part without a range",
                        REST,
                        Kind.INVALID,
                        "not asked for",
                        1,
                        (q, a) -> a.reply("206 Partial Content", new byte[60_000])),
                fails(
                        "several parts",
                        REST,
                        Kind.INVALID,
                        "not asked for",
                        1,
                        (q, a) -> a.reply(
                                "206 Partial Content",
                                new byte[60_000],
                                "Content-Type: multipart/byteranges; boundary=x")),
                fails(
                        "a range that does not fit its length",
                        REST,
                        Kind.INVALID,
                        "its descriptor says",
                        1,
                        (q, a) -> a.reply(
                                "206 Partial Content", new byte[60_001], "Content-Range: bytes 40000-99999/100000")),
                fails(
                        "no range can be had",
                        REST,
                        Kind.INVALID,
                        "416",
                        1,
                        (q, a) -> a.reply("416 Range Not Satisfiable", "no")),
                fails(
                        "a longer blob",
                        WHOLE,
                        Kind.INVALID,
                        "announced with 100001 bytes",
                        1,
                        (q, a) -> a.reply("200 OK", new byte[100_001])),
                fails(
                        "a longer blob in chunks",
                        WHOLE,
                        Kind.INVALID,
                        "more than 100000",
                        1,
                        (q, a) -> a.chunked(new byte[100_001])),
                fails(
                        "a shorter blob in chunks",
                        WHOLE,
                        Kind.INVALID,
                        "99999 bytes instead of",
                        1,
                        (q, a) -> a.chunked(new byte[99_999])),
                fails(
                        "a blob packed once more",
                        WHOLE,
                        Kind.INVALID,
                        "content encoding gzip",
                        1,
                        (q, a) -> a.reply("200 OK", BLOB, "Content-Encoding: gzip")),
                fails("broken off", WHOLE, Kind.UNAVAILABLE, "broke off at 70000 of 100000", 1, (q, a) -> {
                    a.head("200 OK", "Content-Length: 100000");
                    a.bytes(new byte[70_000]);
                    a.close();
                }),
                fails("falls silent", WHOLE, Kind.UNAVAILABLE, "i/o timeout", 1, (q, a) -> {
                    a.head("200 OK", "Content-Length: 100000");
                    a.bytes(new byte[70_000]);
                    Thread.sleep(5_000);
                }),
                fails("drips", WHOLE, Kind.UNAVAILABLE, "less than 1024 bytes", 1, (q, a) -> {
                    a.head("200 OK", "Content-Length: 100000");
                    while (true) {
                        a.raw("x");
                        Thread.sleep(30);
                    }
                }),
                fails(
                        "unknown blob",
                        WHOLE,
                        Kind.NOT_FOUND,
                        "blob unknown",
                        1,
                        (q, a) -> a.reply(
                                "404 Not Found", "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\",\"message\":\"x\"}]}")));
    }

    static Stream<Behaviour> lists() {
        return Stream.of(
                copes("pages", TAGS, "[a, b, c]", 2, (q, a) -> {
                    if (q.target().contains("last=")) {
                        a.reply("200 OK", "{\"tags\":[\"c\"]}");
                    } else {
                        a.reply("200 OK", "{\"tags\":[\"a\",\"b\"]}", "Link: </v2/a/b/tags/list?last=b>; rel=\"next\"");
                    }
                }),
                copes("no tags", TAGS, "[]", 1, (q, a) -> a.reply("200 OK", "{\"name\":\"a/b\",\"tags\":null}")),
                fails(
                        "pages in a circle",
                        TAGS,
                        Kind.INVALID,
                        "leads in a circle",
                        2,
                        (q, a) -> a.reply(
                                "200 OK", "{\"tags\":[\"a\"]}", "Link: </v2/a/b/tags/list?last=a>; rel=\"next\"")),
                fails("pages without end", TAGS, Kind.INVALID, "more than 1000 pages", 1_000, new Script() {
                    private int page;

                    @Override
                    public void answer(ScriptedServer.Request q, ScriptedServer.Answer a) throws Exception {
                        a.reply(
                                "200 OK",
                                "{\"tags\":[\"a\"]}",
                                "Link: </v2/a/b/tags/list?last=" + page++ + ">; rel=\"next\"");
                    }
                }),
                fails(
                        "pages elsewhere",
                        TAGS,
                        Kind.INVALID,
                        "at another host",
                        1,
                        (q, a) ->
                                a.reply("200 OK", "{\"tags\":[\"a\"]}", "Link: <http://127.0.0.2:1/x>; rel=\"next\"")),
                fails(
                        "tags that are none",
                        TAGS,
                        Kind.INVALID,
                        "not an array of strings",
                        1,
                        (q, a) -> a.reply("200 OK", "{\"tags\":[1]}")));
    }

    static Stream<Behaviour> uploads() {
        return Stream.of(
                fails(
                        "an upload nowhere",
                        UPLOAD,
                        Kind.INVALID,
                        "no Location",
                        1,
                        (q, a) -> a.reply("202 Accepted", "")),
                fails(
                        "an upload to a cloud's secrets",
                        UPLOAD,
                        Kind.INVALID,
                        "refused to be led",
                        1,
                        (q, a) -> a.reply("202 Accepted", "", "Location: http://169.254.169.254/")),
                fails("a blob taken for another", UPLOAD, Kind.INVALID, "took blob", 2, (q, a) -> {
                    if (q.method().equals("POST")) {
                        a.reply("202 Accepted", "", "Location: /up");
                    } else {
                        a.reply("201 Created", "", "Docker-Content-Digest: " + OTHER);
                    }
                }),
                copes("hung up in the middle and forgot", UPLOAD, "sent", 5, new Script() {
                    private int puts;

                    @Override
                    public void answer(ScriptedServer.Request q, ScriptedServer.Answer a) throws Exception {
                        switch (q.method()) {
                            case "POST" -> a.reply("202 Accepted", "", "Location: /up?state=a%3D");
                            case "GET" -> a.reply("404 Not Found", "");
                            default -> {
                                assertThat(q.target()).isEqualTo("/up?state=a%3D&digest=sha256%3A" + DIGEST.hex());
                                if (puts++ == 0) {
                                    a.close();
                                } else {
                                    a.reply("201 Created", "");
                                }
                            }
                        }
                    }
                }),
                copes("hung up in the middle and remembers", UPLOAD, "sent", 5, new Script() {
                    private int puts;

                    @Override
                    public void answer(ScriptedServer.Request q, ScriptedServer.Answer a) throws Exception {
                        switch (q.method()) {
                            case "POST" -> a.reply("202 Accepted", "", "Location: /up");
                            case "GET" -> a.reply("204 No Content", "", "Range: 0-69999");
                            case "PATCH" -> {
                                assertThat(q.header("content-range")).isEqualTo("70000-99999");
                                assertThat(q.body()).hasSize(30_000);
                                a.reply("202 Accepted", "", "Location: /up2");
                            }
                            default -> {
                                if (puts++ == 0) {
                                    a.close();
                                } else {
                                    assertThat(q.target()).startsWith("/up2?digest=");
                                    a.reply("201 Created", "");
                                }
                            }
                        }
                    }
                }),
                fails(
                        "will not have it",
                        UPLOAD,
                        Kind.DENIED,
                        "denied: requested access to the resource is denied",
                        1,
                        (q, a) -> a.reply(
                                "403 Forbidden",
                                "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"requested access to the resource is denied\"}]}")),
                fails(
                        "a manifest taken for another",
                        r -> r.putManifest("x", MediaTypes.OCI_MANIFEST, MANIFEST),
                        Kind.INVALID,
                        "took manifest",
                        1,
                        (q, a) -> a.reply("201 Created", "", "Docker-Content-Digest: " + OTHER)));
    }

    static Stream<Behaviour> challenges() {
        return Stream.of(
                fails(
                        "401 without a challenge",
                        BY_TAG,
                        Kind.UNAUTHORIZED,
                        "unauthorized: authentication required",
                        1,
                        (q, a) -> a.reply("401 Unauthorized", "")),
                fails(
                        "a malformed challenge",
                        BY_TAG,
                        Kind.INVALID,
                        "malformed WWW-Authenticate",
                        1,
                        (q, a) -> a.reply("401 Unauthorized", "", "WWW-Authenticate: Bearer realm=\"x")),
                fails(
                        "a wrong password",
                        BY_TAG,
                        Kind.UNAUTHORIZED,
                        "unauthorized: authentication required",
                        2,
                        (q, a) -> a.reply("401 Unauthorized", "", "WWW-Authenticate: Basic realm=\"x\"")),
                fails(
                        "not allowed",
                        BY_TAG,
                        Kind.DENIED,
                        "pull access denied for 127.0.0.1:",
                        1,
                        (q, a) -> a.reply(
                                "403 Forbidden",
                                "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"requested access to the resource is denied\"}]}")),
                fails(
                        "a realm that is no address",
                        BY_TAG,
                        Kind.INVALID,
                        "invalid realm",
                        1,
                        (q, a) -> a.reply("401 Unauthorized", "", "WWW-Authenticate: Bearer realm=\"over there\"")),
                fails(
                        "a realm that is a file",
                        BY_TAG,
                        Kind.INVALID,
                        "invalid realm",
                        1,
                        (q, a) -> a.reply(
                                "401 Unauthorized", "", "WWW-Authenticate: Bearer realm=\"file:///etc/passwd\"")),
                fails(
                        "a realm at a cloud's secrets",
                        BY_TAG,
                        Kind.INVALID,
                        "refused to be led",
                        1,
                        (q, a) -> a.reply(
                                "401 Unauthorized", "", "WWW-Authenticate: Bearer realm=\"http://169.254.169.254/\"")),
                fails("a reply without a token", BY_TAG, Kind.INVALID, "did not include a token", 2, realm("{}")),
                fails(
                        "a token with a line break",
                        BY_TAG,
                        Kind.INVALID,
                        "token that is none",
                        2,
                        realm("{\"token\":\"a\\r\\nX: y\"}")),
                fails(
                        "a huge token",
                        BY_TAG,
                        Kind.INVALID,
                        "more than 262144",
                        2,
                        realm("{\"token\":\"" + "a".repeat(1 << 20) + "\"}")),
                fails(
                        "a token that is never good",
                        BY_TAG,
                        Kind.UNAUTHORIZED,
                        "unauthorized: expired",
                        6,
                        realm("{\"token\":\"a\"}")),
                fails(
                        "no token for this one",
                        BY_TAG,
                        Kind.UNAUTHORIZED,
                        "unauthorized: incorrect username or password",
                        2,
                        (q, a) -> {
                            if (q.target().startsWith("/token")) {
                                a.reply("401 Unauthorized", "{\"details\":\"incorrect username or password\"}");
                            } else {
                                challenge(q, a);
                            }
                        }),
                fails(
                        "a token that is not enough",
                        BY_TAG,
                        Kind.DENIED,
                        "repository does not exist or may require 'docker login': denied: requested",
                        6,
                        (q, a) -> {
                            if (q.target().startsWith("/token")) {
                                a.reply("200 OK", "{\"token\":\"a\"}");
                            } else {
                                a.reply(
                                        "401 Unauthorized",
                                        "",
                                        "WWW-Authenticate: Bearer realm=\"http://" + q.header("host")
                                                + "/token\",error=\"insufficient_scope\"");
                            }
                        }));
    }

    private static Script first(String status, String... headers) {
        return new Script() {
            private boolean before;

            @Override
            public void answer(ScriptedServer.Request q, ScriptedServer.Answer a) throws Exception {
                if (before) {
                    a.reply("200 OK", MANIFEST, TYPE);
                } else {
                    before = true;
                    a.reply(status, "", headers);
                }
            }
        };
    }

    private static void challenge(ScriptedServer.Request q, ScriptedServer.Answer a) throws IOException {
        a.reply(
                "401 Unauthorized",
                "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"expired\"}]}",
                "WWW-Authenticate: Bearer realm=\"http://" + q.header("host") + "/token\",service=\"s\"");
    }

    /** A registry that no token satisfies, with a realm of its own. */
    private static Script realm(String reply) {
        return (q, a) -> {
            if (q.target().startsWith("/token")) {
                a.reply("200 OK", reply);
            } else {
                challenge(q, a);
            }
        };
    }

    static Stream<Behaviour> behaviours() {
        return Stream.of(manifests(), http(), redirects(), blobs(), lists(), uploads(), challenges())
                .flatMap(s -> s);
    }

    static Registries impatient(RegistrySettings settings) {
        Timeouts timeouts = new Timeouts(
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                Duration.ofMillis(400),
                Duration.ofSeconds(2),
                Duration.ofSeconds(1));
        return new Registries(settings, timeouts, new Retry(5, Duration.ofMillis(1), Duration.ofMillis(50)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("behaviours")
    void serverMisbehaves(Behaviour behaviour) throws Exception {
        try (ScriptedServer server = new ScriptedServer(behaviour.script());
                Registries registries = impatient(new RegistrySettings(List.of(), List.of(), List.of(), "test"))) {
            Repository repository = registries.repository(Reference.parseNormalized(server.host() + "/a/b"), USER);
            if (behaviour.kind() == null) {
                assertThat(String.valueOf(behaviour.action().on(repository))).contains(behaviour.says());
            } else {
                Throwable failure = catchThrowable(() -> behaviour.action().on(repository));
                assertThat(failure)
                        .isInstanceOfSatisfying(
                                RegistryException.class,
                                e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(behaviour.kind()))
                        .hasMessageContaining(behaviour.says())
                        .message()
                        .doesNotContain("secret\"", "user:pass")
                        .hasSizeLessThan(3_000);
            }
            assertThat(server.requests()).hasSizeLessThanOrEqualTo(behaviour.most());
        }
    }

    /** Many servers wait for the end of a line, which a TLS handshake does not have. */
    @Test
    void aServerThatIsSilentToTlsIsAskedInPlainSoonAndTheNextTimeAtOnce() throws Exception {
        Duration never = Duration.ofMinutes(5);
        Timeouts timeouts = new Timeouts(never, never, Duration.ofMillis(500), never, never, never);
        try (ScriptedServer server = new ScriptedServer((q, a) -> a.reply("200 OK", MANIFEST, TYPE)).silentToTls();
                Registries registries = new Registries(
                        new RegistrySettings(List.of(), List.of(), List.of(), "test"), timeouts, Retry.USUAL)) {
            assertThat(registries.login(server.host(), USER).status()).isEqualTo("Login Succeeded");
            long begin = System.nanoTime();
            registries.login(server.host(), USER);
            registries
                    .repository(Reference.parseNormalized(server.host() + "/a/b"), USER)
                    .manifest("latest");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(400));
        }
    }

    /** RFC 6761: no name below "invalid" is ever found. */
    @Test
    void aHostThatIsNotThereIsToldByTheAddressThatWasWanted() {
        try (Registries registries = impatient(new RegistrySettings(List.of(), List.of(), List.of(), "test"))) {
            Repository repository = registries.repository(Reference.parseNormalized("registry.invalid/a/b"), USER);
            assertThatThrownBy(() -> repository.manifest("latest"))
                    .hasMessageStartingWith(
                            "Get \"https://registry.invalid/v2/a/b/manifests/latest\": dial tcp: lookup");
        }
    }
}
