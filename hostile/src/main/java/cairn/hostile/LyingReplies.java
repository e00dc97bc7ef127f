package cairn.hostile;

import static cairn.hostile.ImageParts.OCI_CONFIG;
import static cairn.hostile.ImageParts.OCI_INDEX;
import static cairn.hostile.ImageParts.OCI_LAYER;
import static cairn.hostile.ImageParts.OCI_MANIFEST;
import static cairn.hostile.ImageParts.bytes;
import static cairn.hostile.ImageParts.descriptor;
import static cairn.hostile.ImageParts.sha256;
import static cairn.hostile.LyingRegistry.raw;
import static cairn.hostile.LyingRegistry.reply;

import cairn.hostile.LyingRegistry.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The table of replies that no honest registry sends, to requests for manifests and for blobs. None may be believed. */
public final class LyingReplies {
    /** @param reply to the one request; asked again it is the same */
    public record Lie(String name, Reply reply) {
        @Override
        public String toString() {
            return name;
        }
    }

    private final List<Lie> all = new ArrayList<>();

    private LyingReplies() {}

    private void lie(String name, Reply reply) {
        all.add(new Lie(name, reply));
    }

    // ---- manifests

    /** To a request for a manifest by the digest of {@link #manifest}. */
    public static List<Lie> manifests() {
        LyingReplies lies = new LyingReplies();
        lies.heads(bytes(manifest()), "Content-Type: " + OCI_MANIFEST);
        lies.documents();
        return lies.all;
    }

    /** An honest one, of a config and a layer that are not there. */
    public static String manifest() {
        return ImageParts.manifest(
                descriptor(OCI_CONFIG, "sha256:" + "c".repeat(64), 5, ""),
                descriptor(OCI_LAYER, "sha256:" + "d".repeat(64), 5, ""));
    }

    private void document(String name, String text) {
        document(name, text, OCI_MANIFEST);
    }

    private void document(String name, String text, String type) {
        lie("document: " + name, reply("200 OK", bytes(text), "Content-Type: " + type));
    }

    private void documents() {
        String good = manifest();
        String index = ImageParts.index(descriptor(OCI_MANIFEST, bytes(good)));
        document("empty", "");
        document("another manifest", good.replace("d".repeat(64), "e".repeat(64)));
        document("with a byte more", good + " ");
        document("with a byte less", good.substring(0, good.length() - 1));
        document("an index", index);
        document("an index called one", index, OCI_INDEX);
        document("called an index", good, OCI_INDEX);
        document("called a layer", good, OCI_LAYER);
        document("called HTML", good, "text/html");
        document("called nothing known", good, "application/evil");
        document("schema 1", good.replace("\"schemaVersion\":2", "\"schemaVersion\":1"));
        document("both kinds in one", good.replace("\"layers\"", "\"manifests\":[],\"layers\""));
        document("layers twice", good.replace("\"layers\"", "\"layers\":[],\"layers\""));
        document("layers in another case", good.replace("\"layers\"", "\"LAYERS\":[],\"layers\""));
        document(
                "type twice",
                good.replace("\"mediaType\":\"" + OCI_MANIFEST, "\"mediaType\":\"x\",\"mediaType\":\"" + OCI_MANIFEST));
        document("byte order mark", "\ufeff" + good);
        document("text after it", good + "{}");
        document("array", "[" + good + "]");
        document("a million brackets", "[".repeat(1_000_000));
        document("a million objects", "[" + "{},".repeat(1_000_000) + "{}]");
        document("10,000 layers", ImageParts.manifest("{}", String.join(",", Collections.nCopies(10_000, "{}"))));
        document("web page", "<html>please log in</html>", "text/html");
        lie("document: 5 MiB", reply("200 OK", new byte[5 << 20], "Content-Type: " + OCI_MANIFEST));
    }

    // ---- what is true of both

    /** Heads that lie about an honest body. */
    private void heads(byte[] body, String type) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        lie("1 GiB announced", out -> head(out, "200 OK", 1L << 30, type));
        lie("1 GiB sent", out -> endless(out, "200 OK", 1L << 30, type));
        lie(
                "length of 8 EiB",
                raw("HTTP/1.1 200 OK\r\n" + type + "\r\nContent-Length: 9223372036854775807\r\n\r\n" + text));
        lie(
                "length beyond 63 bits",
                raw("HTTP/1.1 200 OK\r\n" + type + "\r\nContent-Length: 99999999999999999999\r\n\r\n" + text));
        lie("length negative", raw("HTTP/1.1 200 OK\r\n" + type + "\r\nContent-Length: -1\r\n\r\n" + text));
        lie("length of letters", raw("HTTP/1.1 200 OK\r\n" + type + "\r\nContent-Length: many\r\n\r\n" + text));
        lie(
                "two lengths",
                raw("HTTP/1.1 200 OK\r\n" + type + "\r\nContent-Length: 3\r\nContent-Length: " + body.length
                        + "\r\n\r\n" + text));
        lie(
                "length too large",
                raw("HTTP/1.1 200 OK\r\n" + type + "\r\nContent-Length: " + (body.length + 1) + "\r\n\r\n" + text));
        lie(
                "length too small",
                raw("HTTP/1.1 200 OK\r\n" + type + "\r\nContent-Length: " + (body.length - 1) + "\r\n\r\n" + text));
        lie(
                "chunk of letters",
                raw("HTTP/1.1 200 OK\r\n" + type + "\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n" + text));
        lie(
                "chunk of 16 EiB",
                raw("HTTP/1.1 200 OK\r\n" + type + "\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"
                        + text));
        lie(
                "chunk negative",
                raw("HTTP/1.1 200 OK\r\n" + type + "\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n" + text));
        lie(
                "chunks without an end",
                raw("HTTP/1.1 200 OK\r\n" + type + "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n" + text.substring(0, 3)
                        + "\r\n"));
        lie(
                "chunks that end early",
                raw("HTTP/1.1 200 OK\r\n" + type + "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n" + text.substring(0, 3)
                        + "\r\n0\r\n\r\n"));
        lie(
                "unknown transfer encoding",
                raw("HTTP/1.1 200 OK\r\n" + type + "\r\nTransfer-Encoding: evil\r\n\r\n" + text));
        lie("gzip without being asked", reply("200 OK", Volumes.gzipped(body), type, "Content-Encoding: gzip"));
        lie("part of it as 206", reply("206 Partial Content", body, type, "Content-Range: bytes 0-2/" + body.length));
        lie("all of it as 206 without a range", reply("206 Partial Content", body, type));
        lie("no content", raw("HTTP/1.1 204 No Content\r\n\r\n"));
        lie("not modified", raw("HTTP/1.1 304 Not Modified\r\n\r\n"));
        lie("status 99", raw("HTTP/1.1 099 x\r\n\r\n"));
        lie("status of letters", raw("HTTP/1.1 OK OK\r\n\r\n"));
        lie("HTTP/9", raw("HTTP/9.9 200 OK\r\n" + type + "\r\nContent-Length: " + body.length + "\r\n\r\n" + text));
        lie("no HTTP", raw("SSH-2.0-OpenSSH_9.2\r\n"));
        lie("TLS where none is", raw("\u0015\u0003\u0003\0\2\2\50"));
        lie("nothing at all", raw(""));
        lie("half a status line", raw("HTTP/1.1 20"));
        lie("half a head", raw("HTTP/1.1 200 OK\r\n" + type));
        // With a body that is as it should be: they are refused for their size alone.
        String honest = type + "\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n";
        lie("header of 1 MiB", raw("HTTP/1.1 200 OK\r\n" + honest + "X: " + "x".repeat(1 << 20) + "\r\n\r\n" + text));
        lie("100,000 headers", raw("HTTP/1.1 200 OK\r\n" + honest + "X: y\r\n".repeat(100_000) + "\r\n" + text));
        lie(
                "headers without end",
                out -> endless(
                        out,
                        "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n"));
        lie("provisional replies without end", out -> endless(out, "HTTP/1.1 100 Continue\r\n\r\n"));
        lie("header without a colon", raw("HTTP/1.1 200 OK\r\nevil\r\n\r\n" + text));
        for (String status : List.of(
                "400 Bad Request", "403 Forbidden", "405 Method Not Allowed", "410 Gone", "451 No", "418 Teapot")) {
            lie(status, reply(status, bytes("{\"errors\":[{\"code\":\"EVIL\",\"message\":\"\u001b[2Jno\"}]}")));
        }
        lie("error of 1 GiB", out -> endless(out, "403 Forbidden", 1L << 30, type));
        lie("error of brackets", reply("403 Forbidden", bytes("[".repeat(100_000))));
        lie("error that is no JSON", reply("400 Bad Request", bytes("\0\1\2 evil")));
        redirects();
        challenges();
    }

    private void redirects() {
        for (String location : List.of(
                "",
                "http://",
                "http://[::1",
                "http://evil:0/",
                "http://evil:99999/",
                "file:///etc/passwd",
                "gopher://127.0.0.1/x",
                "ftp://127.0.0.1/",
                "jar:file:/x!/y",
                "//",
                "http://user:secret@127.0.0.1:1/",
                "http://127.0.0.1:1/ x",
                "javascript:1",
                "unix:///run/x.sock",
                "http://169.254.169.254/latest/meta-data/",
                "http://[fe80::1]/",
                "http://0.0.0.0:1/",
                "x".repeat(20_000))) {
            lie(
                    "redirect to " + (location.length() > 60 ? location.length() + " characters" : location),
                    raw("HTTP/1.1 307 Temporary Redirect\r\nConnection: close\r\nContent-Length: 0\r\nLocation: "
                            + location + "\r\n\r\n"));
        }
        lie("redirect without a target", raw("HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
        lie(
                "redirect to itself",
                raw(
                        "HTTP/1.1 307 Temporary Redirect\r\nConnection: close\r\nContent-Length: 0\r\nLocation: ?again\r\n\r\n"));
    }

    private void challenges() {
        for (String challenge : List.of(
                "",
                "Bearer",
                "Bearer realm=",
                "Bearer realm=\"",
                "Bearer realm=\"x\",realm=\"y\"",
                "Bearer realm=\"file:///etc/passwd\"",
                "Bearer realm=\"http://169.254.169.254/token\"",
                "Bearer realm=\"http://[fe80::1]/token\"",
                "Bearer realm=\"http://127.0.0.1:1/token#x\"",
                "Evil x=y",
                "Negotiate",
                "Bearer " + "a=b,".repeat(1000),
                "Bearer realm=\"" + "x".repeat(7000) + "\"",
                "\u00ff\u00fe",
                "Bearer realm=\"http://127.0.0.1:1/%zz\"")) {
            lie(
                    "challenge "
                            + (challenge.length() > 60
                                    ? challenge.length() + " characters"
                                    : Names.printable(challenge)),
                    raw("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\nWWW-Authenticate: "
                            + challenge + "\r\n\r\n"));
        }
        lie("no challenge", raw("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
    }

    private static void head(OutputStream out, String status, long length, String type) throws IOException {
        out.write(("HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + length + "\r\n" + type
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void endless(OutputStream out, String status, long length, String type) throws IOException {
        head(out, status, length, type);
        byte[] blanks = " ".repeat(64 << 10).getBytes(StandardCharsets.ISO_8859_1);
        for (long left = length; left > 0; left -= blanks.length) {
            out.write(blanks);
        }
    }

    /** Until the other side has had enough, or 256 MiB. */
    private static void endless(OutputStream out, String line) throws IOException {
        out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.ISO_8859_1));
        byte[] lines = line.repeat(1000).getBytes(StandardCharsets.ISO_8859_1);
        for (long left = 256 << 20; left > 0; left -= lines.length) {
            out.write(lines);
        }
    }

    // ---- blobs

    /** To a request for the blob {@link #blob}. */
    public static List<Lie> blobs() {
        LyingReplies lies = new LyingReplies();
        byte[] blob = blob();
        lies.heads(blob, "Content-Type: application/octet-stream");
        lies.lie("nothing", reply("200 OK", new byte[0]));
        lies.lie("a byte more", reply("200 OK", Arrays.copyOf(blob, blob.length + 1)));
        lies.lie("a byte less", reply("200 OK", Arrays.copyOf(blob, blob.length - 1)));
        lies.lie(
                "part that nobody asked for",
                reply("206 Partial Content", blob, "Content-Range: bytes 0-" + (blob.length - 1) + "/" + blob.length));
        return lies.all;
    }

    public static byte[] blob() {
        return Truncations.whole();
    }

    public static String blobDigest() {
        return "sha256:" + sha256(blob());
    }
}
