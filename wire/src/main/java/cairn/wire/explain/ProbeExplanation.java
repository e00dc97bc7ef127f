package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * What a packet that was really sent has met.
 *
 * @param kind {@code connect} for a TCP connection, {@code ping} for an ICMP echo
 * @param to address, and port where there is one
 * @param result {@code connected}, {@code answered}, {@code refused}, {@code no answer}, or the kernel's error
 * @param reached whether that is what was wanted
 */
@Json
public record ProbeExplanation(
        @Json.Property("Kind") String kind,
        @Json.Property("To") String to,
        @Json.Property("Result") String result,
        @Json.Property("Reached") boolean reached,
        @Json.Property("Milliseconds") long milliseconds) {
    public ProbeExplanation {
        kind = requireNonNullElse(kind, "");
        to = requireNonNullElse(to, "");
        result = requireNonNullElse(result, "");
    }
}
