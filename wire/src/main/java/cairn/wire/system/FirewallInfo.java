package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which firewall holds the rules. */
@Json
public record FirewallInfo(
        @Json.Property("Driver") String driver,
        @Json.Property("Info,omitempty") @Nullable List<List<String>> info) {
    public FirewallInfo {
        driver = requireNonNullElse(driver, "");
    }
}
