package cairn.wire.network;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** The name of a network that only holds configuration. */
@Json
public record ConfigReference(@Json.Property("Network") String network) {
    /** Every field at its zero value. */
    public static final ConfigReference EMPTY = new ConfigReference("");

    public ConfigReference {
        network = requireNonNullElse(network, "");
    }
}
