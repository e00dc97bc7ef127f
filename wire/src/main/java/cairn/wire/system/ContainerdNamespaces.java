package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** The name spaces in containerd. */
@Json
public record ContainerdNamespaces(
        @Json.Property("Containers") String containers,
        @Json.Property("Plugins") String plugins) {
    /** Every field at its zero value. */
    public static final ContainerdNamespaces EMPTY = new ContainerdNamespaces("", "");

    public ContainerdNamespaces {
        containers = requireNonNullElse(containers, "");
        plugins = requireNonNullElse(plugins, "");
    }
}
