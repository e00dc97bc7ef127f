package cairn.oci.registry;

import cairn.oci.InvalidDocumentException;
import cairn.oci.http.HttpFailure;
import cairn.oci.http.HttpReply;
import cairn.oci.json.JsonObject;
import cairn.oci.json.JsonText;
import cairn.oci.registry.RegistryException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a registry says instead of what was asked for (distribution spec, "Error Codes"), in Docker's words.
 *
 * @param code as the registry's document has it, or what the status stands for
 * @param text {@code code: message} of the first error, or of all where there are several
 */
record ErrorReply(int status, String code, String text) {
    /** The most that is read of such a reply. */
    static final int MAX_BYTES = 64 << 10;

    private static final int MAX_ERRORS = 20;
    private static final int MAX_TEXT = 1024;

    private record Fault(String code, String message) {
        @Override
        public String toString() {
            return code.toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + message;
        }
    }

    /** Reads a reply to its end and closes it. */
    static ErrorReply of(HttpReply reply) {
        try (reply) {
            byte[] body;
            try {
                body = reply.start(MAX_BYTES);
            } catch (HttpFailure e) {
                body = new byte[0];
            }
            return of(reply, body);
        }
    }

    private static ErrorReply of(HttpReply reply, byte[] body) {
        int status = reply.status();
        List<Fault> faults = new ArrayList<>();
        if (status == 401 || status == 403) {
            tokenFaults(reply, faults);
        }
        faults.addAll(documentFaults(status, body));
        if (faults.isEmpty() && status == 401) {
            faults.add(new Fault("UNAUTHORIZED", "authentication required"));
        }
        if (faults.isEmpty() && status == 429) {
            faults.add(new Fault("TOOMANYREQUESTS", "Too Many Requests"));
        }
        if (!faults.isEmpty()) {
            // Docker shows the first: what follows an insufficient scope is the same again in other words.
            Fault first = faults.getFirst();
            return new ErrorReply(status, first.code, clean(first.toString()));
        }
        String said = clean(new String(body, StandardCharsets.UTF_8).strip());
        if (status >= 500 || said.isEmpty()) {
            return new ErrorReply(status, "", "received unexpected HTTP status: " + clean(reply.statusLine()));
        }
        return new ErrorReply(
                status,
                "",
                "error parsing HTTP " + status + " response body: no error details found in HTTP response body: \""
                        + said + "\"");
    }

    /** A token that is not good enough is told in the challenge (RFC 6750, section 3.1). */
    private static void tokenFaults(HttpReply reply, List<Fault> faults) {
        for (String header : reply.headers("WWW-Authenticate")) {
            try {
                for (Challenge challenge : Challenge.parse(header)) {
                    String description = challenge.parameter("error_description");
                    switch (challenge.parameter("error")) {
                        case "insufficient_scope" ->
                            faults.add(new Fault(
                                    "DENIED",
                                    description.isEmpty()
                                            ? "requested access to the resource is denied"
                                            : description));
                        case "invalid_token" ->
                            faults.add(new Fault(
                                    "UNAUTHORIZED", description.isEmpty() ? "authentication required" : description));
                        default -> {
                            // nothing is said
                        }
                    }
                }
            } catch (RegistryException e) {
                // The body may say more.
            }
        }
    }

    private static List<Fault> documentFaults(int status, byte[] body) {
        List<Fault> faults = new ArrayList<>();
        try {
            JsonObject document = JsonText.object("error", body, MAX_BYTES);
            List<JsonObject> errors = document.has("errors") ? document.objects("errors") : null;
            if (errors != null) {
                for (JsonObject error : errors.subList(0, Math.min(errors.size(), MAX_ERRORS))) {
                    String code = error.string("code", "UNKNOWN");
                    faults.add(new Fault(code, error.string("message", code.toLowerCase(Locale.ROOT))));
                }
            }
            String details = document.string("details", document.string("message", ""));
            if (faults.isEmpty() && !details.isEmpty()) {
                String code = switch (status) {
                    case 401 -> "UNAUTHORIZED";
                    case 403 -> "DENIED";
                    case 429 -> "TOOMANYREQUESTS";
                    default -> "UNKNOWN";
                };
                faults.add(new Fault(code, details));
            }
        } catch (InvalidDocumentException e) {
            // It is no such document; the status has to do.
        }
        return faults;
    }

    Kind kind() {
        return switch (code) {
            case "DENIED" -> Kind.DENIED;
            case "UNAUTHORIZED" -> Kind.UNAUTHORIZED;
            case "MANIFEST_UNKNOWN", "NAME_UNKNOWN", "BLOB_UNKNOWN", "MANIFEST_BLOB_UNKNOWN" -> Kind.NOT_FOUND;
            case "TOOMANYREQUESTS" -> Kind.RATE_LIMITED;
            default ->
                switch (status) {
                    case 401 -> Kind.UNAUTHORIZED;
                    case 403 -> Kind.DENIED;
                    case 404 -> Kind.NOT_FOUND;
                    case 429 -> Kind.RATE_LIMITED;
                    default -> status >= 500 ? Kind.UNAVAILABLE : Kind.INVALID;
                };
        };
    }

    RegistryException exception() {
        return new RegistryException(kind(), text);
    }

    /** Servers' words go to terminals and logs. */
    static String clean(String text) {
        String line = text.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .limit(MAX_TEXT)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return line.strip();
    }
}
