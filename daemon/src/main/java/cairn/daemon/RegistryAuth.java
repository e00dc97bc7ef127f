package cairn.daemon;

import cairn.oci.registry.Credentials;
import cairn.oci.registry.Registries;
import cairn.wire.Json;
import cairn.wire.JsonException;
import cairn.wire.system.AuthConfig;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The header {@code X-Registry-Auth}, and what clients call credentials. */
final class RegistryAuth {
    static final String HEADER = "X-Registry-Auth";
    /** Docker's for a build, and {@code cairn}'s for a push, too: credentials by the registries that they are for. */
    static final String HEADER_OF_MANY = "X-Registry-Config";

    private RegistryAuth() {}

    /** Base64url of JSON, with or without padding; as with Docker, one that cannot be read is none. */
    static Credentials of(@Nullable String header) {
        if (header == null || header.isEmpty()) {
            return Credentials.ANONYMOUS;
        }
        try {
            return of(Json.read(AuthConfig.class, decoded(header)));
        } catch (IllegalArgumentException | JsonException e) {
            return Credentials.ANONYMOUS;
        }
    }

    private static byte[] decoded(String header) {
        return Base64.getUrlDecoder()
                .decode(header.strip().replace('+', '-').replace('/', '_').replace("=", ""));
    }

    /** From domains, as names of images begin with them, to credentials; a header that cannot be read has none. */
    static Map<String, Credentials> byDomain(@Nullable String header) {
        Map<String, Credentials> all = new HashMap<>();
        if (header == null || header.isEmpty()) {
            return all;
        }
        try {
            if (Json.tree(decoded(header)) instanceof Map<?, ?> map) {
                map.forEach((server, config) -> all.put(
                        Registries.domain(String.valueOf(server)),
                        of(Json.read(AuthConfig.class, Json.write(config)))));
            }
            return all;
        } catch (IllegalArgumentException | JsonException e) {
            return Map.of();
        }
    }

    static Credentials of(AuthConfig config) {
        String username = config.username();
        String password = config.password();
        if (username.isEmpty() && !config.auth().isEmpty()) {
            String pair = new String(Base64.getDecoder().decode(config.auth()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            username = colon < 0 ? pair : pair.substring(0, colon);
            password = colon < 0 ? "" : pair.substring(colon + 1);
        }
        return new Credentials(username, password, config.identitytoken(), config.registrytoken());
    }
}
