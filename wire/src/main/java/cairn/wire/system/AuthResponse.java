package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** Reply of {@code POST /auth}. */
@Json
public record AuthResponse(
        @Json.Property("IdentityToken") String identityToken,
        @Json.Property("Status") String status) {
    public AuthResponse {
        identityToken = requireNonNullElse(identityToken, "");
        status = requireNonNullElse(status, "");
    }
}
