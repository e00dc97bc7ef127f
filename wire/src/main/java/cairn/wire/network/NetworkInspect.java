package cairn.wire.network;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.Map;

/** A network, in lists and in {@code GET /networks/{id}}. */
@Json
@RecordBuilder
public record NetworkInspect(
        @Json.Property("Name") @DefaultValue("\"\"") String name,
        @Json.Property("Id") @DefaultValue("\"\"") String id,

        @Json.Property("Created") @DefaultValue("\"0001-01-01T00:00:00Z\"")
        String created,

        @Json.Property("Scope") @DefaultValue("\"\"") String scope,
        @Json.Property("Driver") @DefaultValue("\"\"") String driver,
        @Json.Property("EnableIPv4") boolean enableIpv4,
        @Json.Property("EnableIPv6") boolean enableIpv6,
        @Json.Property("IPAM") @DefaultValue("Ipam.EMPTY") Ipam ipam,
        @Json.Property("Internal") boolean internal,
        @Json.Property("Attachable") boolean attachable,
        @Json.Property("Ingress") boolean ingress,

        @Json.Property("ConfigFrom") @DefaultValue("ConfigReference.EMPTY")
        ConfigReference configFrom,

        @Json.Property("ConfigOnly") boolean configOnly,

        @Json.Property("Containers") @DefaultValue("Map.of()")
        Map<String, NetworkContainer> containers,

        @Json.Property("Options") @DefaultValue("Map.of()") Map<String, String> options,
        @Json.Property("Labels") @DefaultValue("Map.of()") Map<String, String> labels) {
    public NetworkInspect {
        name = requireNonNullElse(name, "");
        id = requireNonNullElse(id, "");
        created = requireNonNullElse(created, "0001-01-01T00:00:00Z");
        scope = requireNonNullElse(scope, "");
        driver = requireNonNullElse(driver, "");
        ipam = requireNonNullElse(ipam, Ipam.EMPTY);
        configFrom = requireNonNullElse(configFrom, ConfigReference.EMPTY);
        containers = requireNonNullElse(containers, Map.of());
        options = requireNonNullElse(options, Map.of());
        labels = requireNonNullElse(labels, Map.of());
    }
}
