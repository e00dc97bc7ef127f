package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** The address of containerd; this engine has none. */
@Json
public record ContainerdInfo(
        @Json.Property("Address,omitempty") String address,
        @Json.Property("Namespaces") ContainerdNamespaces namespaces) {
    public ContainerdInfo {
        address = requireNonNullElse(address, "");
        namespaces = requireNonNullElse(namespaces, ContainerdNamespaces.EMPTY);
    }
}
