package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** One port of a container in a list; without a public port it is only exposed. */
@Json
public record Port(
        @Json.Property("IP,omitempty") String ip,
        @Json.Property("PrivatePort") int privatePort,
        @Json.Property("PublicPort,omitempty") int publicPort,
        @Json.Property("Type") String type) {
    public Port {
        ip = requireNonNullElse(ip, "");
        type = requireNonNullElse(type, "");
    }
}
