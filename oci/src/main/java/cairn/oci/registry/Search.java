package cairn.oci.registry;

import cairn.oci.InvalidDocumentException;
import cairn.oci.http.HttpFailure;
import cairn.oci.http.HttpReply;
import cairn.oci.json.JsonObject;
import cairn.oci.json.JsonText;
import cairn.oci.registry.Exchange.Ask;
import cairn.oci.registry.RegistryException.Kind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The search of Docker's first registry API, which Docker's own index still answers, and few others. */
final class Search {
    private static final int MAX_REPLY = 4 << 20;

    private final Line line;
    private final Credentials credentials;

    Search(Line line, Credentials credentials) {
        this.line = line;
        this.credentials = credentials;
    }

    List<SearchResult> ask(String term, int limit) throws RegistryException {
        int slash = term.indexOf('/');
        String first = slash < 0 ? "" : term.substring(0, slash);
        boolean named = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
        boolean own = !named || Login.domain(first).equals(Hosts.DOCKER);
        String host = own ? Hosts.DOCKER_INDEX : first;
        String words = named ? term.substring(slash + 1) : term;
        if (own && words.startsWith("library/")) {
            words = words.substring("library/".length());
        }
        Endpoint registry = line.hosts().server(host);
        Endpoint index =
                new Endpoint(registry.origins(), "/v1", registry.tls(), Map.of(), registry.capabilities(), false, "");
        String query = "/search?q=" + URLEncoder.encode(words, StandardCharsets.UTF_8) + "&n=" + limit;
        HttpReply reply = new Exchange(line, credentials)
                .send(index, Ask.get(query, List.of()).with(Map.of("Accept", "application/json")));
        if (reply.status() == 404) {
            reply.close();
            throw new RegistryException(Kind.INVALID, "Unexpected status code 404: " + host + " offers no search");
        }
        if (reply.status() != 200) {
            ErrorReply error = ErrorReply.of(reply);
            throw new RegistryException(error.kind(), "Unexpected status code " + error.status() + ": " + error.text());
        }
        try (reply) {
            return results(reply.bytes(MAX_REPLY), host, limit);
        } catch (HttpFailure e) {
            throw RegistryException.of(e);
        }
    }

    private static List<SearchResult> results(byte[] body, String host, int limit) throws RegistryException {
        try {
            List<JsonObject> rows =
                    JsonText.object("search result", body, MAX_REPLY).objects("results");
            List<SearchResult> results = new ArrayList<>();
            for (JsonObject row : rows == null ? List.<JsonObject>of() : rows) {
                if (results.size() < limit) {
                    results.add(new SearchResult(
                            ErrorReply.clean(row.string("name", "")),
                            ErrorReply.clean(row.string("description", "")),
                            Math.toIntExact(Math.clamp(row.integer("star_count"), 0, Integer.MAX_VALUE)),
                            row.bool("is_official"),
                            row.bool("is_automated")));
                }
            }
            return List.copyOf(results);
        } catch (InvalidDocumentException e) {
            throw new RegistryException(Kind.INVALID, host + " offers no search: " + e.getMessage(), e);
        }
    }
}
