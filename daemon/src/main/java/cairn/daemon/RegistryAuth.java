package cairn.daemon;

import cairn.oci.registry.Credentials;
import cairn.wire.Json;
import cairn.wire.JsonException;
import cairn.wire.system.AuthConfig;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The header {@code X-Registry-Auth}, and what clients call credentials. */
final class RegistryAuth {
    static final String HEADER = "X-Registry-Auth";

    private RegistryAuth() {}

    /** Base64url of JSON, with or without padding; as with Docker, one that cannot be read is none. */
    static Credentials of(@Nullable String header) {
        if (header == null || header.isEmpty()) {
            return Credentials.ANONYMOUS;
        }
        try {
            String plain = header.strip().replace('+', '-').replace('/', '_').replace("=", "");
            return of(Json.read(AuthConfig.class, Base64.getUrlDecoder().decode(plain)));
        } catch (IllegalArgumentException | JsonException e) {
            return Credentials.ANONYMOUS;
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
