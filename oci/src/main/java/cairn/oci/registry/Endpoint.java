package cairn.oci.registry;

import cairn.oci.http.Origin;
import cairn.oci.http.TlsSettings;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A host that serves one registry's repositories: the registry itself, or a mirror.
 *
 * @param origins tried in this order until one of them is there: HTTPS, then plain HTTP
 * @param prefix of all paths, {@code /v2} unless the settings say otherwise
 * @param headers sent with each request to these origins and to nobody else
 * @param mirror whether the caller's credentials are for somebody else
 * @param query added to each request, or empty
 */
record Endpoint(
        List<Origin> origins,
        String prefix,
        TlsSettings tls,
        Map<String, String> headers,
        Set<Capability> capabilities,
        boolean mirror,
        String query) {

    /** What a mirror is good for. */
    enum Capability {
        /** Content by digest. */
        PULL,
        /** From a tag to a digest. */
        RESOLVE,
        PUSH
    }

    Endpoint {
        origins = List.copyOf(origins);
        headers = new LinkedHashMap<>(headers);
        capabilities = Set.copyOf(capabilities);
    }

    Origin first() {
        return origins.getFirst();
    }

    /** Where something is at one of the origins. */
    URI at(Origin origin, String path) {
        String full = origin + prefix + path;
        return URI.create(query.isEmpty() ? full : full + (path.indexOf('?') < 0 ? '?' : '&') + query);
    }

    boolean owns(Origin origin) {
        return origins.contains(origin);
    }
}
