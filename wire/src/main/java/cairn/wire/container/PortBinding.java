package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** One host address and port, both as text; an empty port asks for a free one. */
@Json
public record PortBinding(
        @Json.Property("HostIp") String hostIp,
        @Json.Property("HostPort") String hostPort) {
    public PortBinding {
        hostIp = requireNonNullElse(hostIp, "");
        hostPort = requireNonNullElse(hostPort, "");
    }
}
