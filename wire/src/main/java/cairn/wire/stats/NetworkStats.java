package cairn.wire.stats;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;

/** Counters of one interface. */
@Json
@RecordBuilder
public record NetworkStats(
        @Json.Property("rx_bytes") long rxBytes,
        @Json.Property("rx_packets") long rxPackets,
        @Json.Property("rx_errors") long rxErrors,
        @Json.Property("rx_dropped") long rxDropped,
        @Json.Property("tx_bytes") long txBytes,
        @Json.Property("tx_packets") long txPackets,
        @Json.Property("tx_errors") long txErrors,
        @Json.Property("tx_dropped") long txDropped,

        @Json.Property("endpoint_id,omitempty") @DefaultValue("\"\"")
        String endpointId,

        @Json.Property("instance_id,omitempty") @DefaultValue("\"\"")
        String instanceId) {
    public NetworkStats {
        endpointId = requireNonNullElse(endpointId, "");
        instanceId = requireNonNullElse(instanceId, "");
    }
}
