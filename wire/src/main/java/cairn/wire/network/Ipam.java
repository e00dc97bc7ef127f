package cairn.wire.network;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who hands out addresses, and from which pools. */
@Json
public record Ipam(
        @Json.Property("Driver") String driver,
        @Json.Property("Options") @Nullable Map<String, String> options,
        @Json.Property("Config") @Nullable List<IpamPool> config) {
    /** Every field at its zero value. */
    public static final Ipam EMPTY = new Ipam("", null, null);

    public Ipam {
        driver = requireNonNullElse(driver, "");
    }
}
