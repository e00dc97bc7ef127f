package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network as it is on this machine.
 *
 * @param subnets each with its gateway, and the range that addresses come from
 * @param link of the host that containers' links belong to; empty where there is none
 * @param further bridges that are joined to it, each with its state, where containers are for which it has no port
 * @param addresses of that link
 * @param routes of the host over it
 * @param table name of its table in the firewall; empty without one
 */
@Json
public record BridgeExplanation(
        @Json.Property("Name") String name,
        @Json.Property("ID") String id,
        @Json.Property("Driver") String driver,
        @Json.Property("Internal") boolean internal,
        @Json.Property("Subnets") @Nullable List<String> subnets,
        @Json.Property("Link") String link,
        @Json.Property("LinkState") String linkState,
        @Json.Property("Further") @Nullable List<String> further,
        @Json.Property("Addresses") @Nullable List<String> addresses,
        @Json.Property("Routes") @Nullable List<String> routes,
        @Json.Property("Members") @Nullable List<MemberExplanation> members,
        @Json.Property("Table") String table,
        @Json.Property("Rules") @Nullable List<RuleExplanation> rules) {
    public BridgeExplanation {
        name = requireNonNullElse(name, "");
        id = requireNonNullElse(id, "");
        driver = requireNonNullElse(driver, "");
        subnets = requireNonNullElse(subnets, List.of());
        link = requireNonNullElse(link, "");
        linkState = requireNonNullElse(linkState, "");
        further = requireNonNullElse(further, List.of());
        addresses = requireNonNullElse(addresses, List.of());
        routes = requireNonNullElse(routes, List.of());
        members = requireNonNullElse(members, List.of());
        table = requireNonNullElse(table, "");
        rules = requireNonNullElse(rules, List.of());
    }
}
