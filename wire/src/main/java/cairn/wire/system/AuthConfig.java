package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;

/** Credentials of a registry, in {@code POST /auth} and in the header X-Registry-Auth. */
@Json
@RecordBuilder
public record AuthConfig(
        @Json.Property("username,omitempty") @DefaultValue("\"\"")
        String username,

        @Json.Property("password,omitempty") @DefaultValue("\"\"")
        String password,

        @Json.Property("auth,omitempty") @DefaultValue("\"\"")
        String auth,

        @Json.Property("email,omitempty") @DefaultValue("\"\"")
        String email,

        @Json.Property("serveraddress,omitempty") @DefaultValue("\"\"")
        String serveraddress,

        @Json.Property("identitytoken,omitempty") @DefaultValue("\"\"")
        String identitytoken,

        @Json.Property("registrytoken,omitempty") @DefaultValue("\"\"")
        String registrytoken) {
    public AuthConfig {
        username = requireNonNullElse(username, "");
        password = requireNonNullElse(password, "");
        auth = requireNonNullElse(auth, "");
        email = requireNonNullElse(email, "");
        serveraddress = requireNonNullElse(serveraddress, "");
        identitytoken = requireNonNullElse(identitytoken, "");
        registrytoken = requireNonNullElse(registrytoken, "");
    }
}
