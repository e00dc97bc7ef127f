package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;

/** Registries: mirrors, and those that may be reached without TLS. */
@Json
public record RegistryConfig(
        @Json.Property("IndexConfigs") Map<String, RegistryIndex> indexConfigs,
        @Json.Property("InsecureRegistryCIDRs") List<String> insecureRegistryCidRs,
        @Json.Property("Mirrors") List<String> mirrors) {
    public RegistryConfig {
        indexConfigs = requireNonNullElse(indexConfigs, Map.of());
        insecureRegistryCidRs = requireNonNullElse(insecureRegistryCidRs, List.of());
        mirrors = requireNonNullElse(mirrors, List.of());
    }
}
