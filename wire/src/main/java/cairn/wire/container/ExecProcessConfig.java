package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The process of an exec. */
@Json
public record ExecProcessConfig(
        @Json.Property("tty") boolean tty,
        @Json.Property("entrypoint") String entrypoint,
        @Json.Property("arguments") @Nullable List<String> arguments,
        @Json.Property("privileged,omitnil") @Nullable Boolean privileged,
        @Json.Property("user,omitempty") String user) {
    public ExecProcessConfig {
        entrypoint = requireNonNullElse(entrypoint, "");
        user = requireNonNullElse(user, "");
    }
}
