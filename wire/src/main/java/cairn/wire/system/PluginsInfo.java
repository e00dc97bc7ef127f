package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names of the plug-ins by kind. */
@Json
public record PluginsInfo(
        @Json.Property("Volume") List<String> volume,
        @Json.Property("Network") List<String> network,
        @Json.Property("Authorization") @Nullable List<String> authorization,
        @Json.Property("Log") List<String> log) {
    /** Every field at its zero value. */
    public static final PluginsInfo EMPTY = new PluginsInfo(List.of(), List.of(), null, List.of());

    public PluginsInfo {
        volume = requireNonNullElse(volume, List.of());
        network = requireNonNullElse(network, List.of());
        log = requireNonNullElse(log, List.of());
    }
}
