package cairn.wire.network;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Body of {@code POST /networks/create}. */
@Json
@RecordBuilder
public record CreateNetworkRequest(
        @Json.Property("Driver") @DefaultValue("\"\"") String driver,
        @Json.Property("Scope") @DefaultValue("\"\"") String scope,
        @Json.Property("EnableIPv4,omitnil") @Nullable Boolean enableIpv4,
        @Json.Property("EnableIPv6,omitnil") @Nullable Boolean enableIpv6,
        @Json.Property("IPAM") @Nullable Ipam ipam,
        @Json.Property("Internal") boolean internal,
        @Json.Property("Attachable") boolean attachable,
        @Json.Property("Ingress") boolean ingress,
        @Json.Property("ConfigOnly") boolean configOnly,
        @Json.Property("ConfigFrom") @Nullable ConfigReference configFrom,

        @Json.Property("Options") @DefaultValue("null") @Nullable
        Map<String, String> options,

        @Json.Property("Labels") @DefaultValue("null") @Nullable
        Map<String, String> labels,

        @Json.Property("Name") @DefaultValue("\"\"") String name,
        @Json.Property("CheckDuplicate,omitnil") @Nullable Boolean checkDuplicate) {
    public CreateNetworkRequest {
        driver = requireNonNullElse(driver, "");
        scope = requireNonNullElse(scope, "");
        name = requireNonNullElse(name, "");
    }
}
