package cairn.wire.container;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Body of {@code POST /exec/{id}/start}. */
@Json
public record ExecStartRequest(
        @Json.Property("Detach") boolean detach,
        @Json.Property("Tty") boolean tty,
        @Json.Property("ConsoleSize,omitempty") @Nullable List<Integer> consoleSize) {}
