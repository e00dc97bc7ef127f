package cairn.cli;

import cairn.wire.ErrorResponse;
import cairn.wire.Json;
import cairn.wire.JsonException;
import cairn.wire.http.Exchange;
import cairn.wire.http.HttpServer;
import cairn.wire.http.Query;
import cairn.wire.http.ServerSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A daemon that writes down what it is asked for, and answers each question with what suits it in the simplest way. */
final class RecordingDaemon {
    record Result(int status, String out, String err) {}

    /** What is asked for, in the order of the calls: method, path, query, auth and body where there is one. */
    final List<Map<String, Object>> calls = new CopyOnWriteArrayList<>();

    /** Answers in place of the usual ones, by path. */
    final Map<String, String> answers = new HashMap<>();

    private final Path directory;

    RecordingDaemon(Path directory) {
        this.directory = directory;
    }

    /** Runs a command line against it. */
    Result cairn(Map<String, String> environment, String... words) throws IOException {
        return told(environment, "", words);
    }

    /** The same, with this on standard input. */
    Result told(Map<String, String> environment, String input, String... words) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        ServerSettings settings = ServerSettings.of("28.0.0").withGroup(null);
        try (HttpServer server = HttpServer.open(directory.resolve("d.sock"), settings, this::answer)) {
            PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
            PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
            Map<String, String> all = new HashMap<>(environment);
            all.put("CAIRN_HOST", "unix://" + server.socket());
            ByteArrayInputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
            int status = new Main(in, outStream, errStream, all).run(words);
            outStream.flush();
            return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }
    }

    private void answer(Exchange exchange) throws IOException {
        String path = exchange.path();
        byte[] body = exchange.body().readAllBytes();
        if (!path.equals("/_ping")) {
            calls.add(call(exchange, path, body));
        }
        boolean pulled = calls.stream().anyMatch(call -> "/images/create".equals(call.get("path")));
        if (path.equals("/containers/create") && !pulled) {
            exchange.respond(404, new ErrorResponse("No such image: x:latest"));
            return;
        }
        byte[] text = answers.getOrDefault(path, usual(path)).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = exchange.stream(200, "application/json")) {
            out.write(text);
        }
    }

    private static String usual(String path) {
        return switch (path) {
            case "/_ping" -> "OK";
            case "/auth" -> "{\"Status\":\"Login Succeeded\",\"IdentityToken\":\"\"}";
            case "/commit" -> "{\"Id\":\"sha256:abc\"}";
            case "/containers/create" -> "{\"Id\":\"c0ffee\",\"Warnings\":[]}";
            case "/images/json", "/containers/json", "/images/search" -> "[]";
            case "/images/create" -> "";
            default ->
                path.endsWith("/history") || path.endsWith("/changes")
                        ? "[]"
                        : path.endsWith("/push") || path.endsWith("/load") ? "" : "{}";
        };
    }

    private static Map<String, Object> call(Exchange exchange, String path, byte[] body) {
        Map<String, Object> call = new TreeMap<>();
        call.put("method", exchange.method());
        call.put("path", path);
        call.put("query", query(exchange.query()));
        String auth = exchange.header("X-Registry-Auth");
        if (auth != null) {
            call.put("auth", Json.tree(Base64.getUrlDecoder().decode(auth)));
        }
        String auths = exchange.header("X-Registry-Config");
        if (auths != null) {
            call.put("auths", Json.tree(Base64.getUrlDecoder().decode(auths)));
        }
        if (body.length > 0 && !path.equals("/containers/create")) {
            try {
                call.put("body", Json.tree(body));
            } catch (JsonException e) {
                call.put("body", "(" + body.length + " bytes)");
            }
        }
        return call;
    }

    private static Map<String, Object> query(Query query) {
        Map<String, Object> values = new TreeMap<>();
        for (String name : query.names()) {
            values.put(name, query.all(name));
        }
        return values;
    }
}
