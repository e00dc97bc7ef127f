package cairn.oci.http;

import java.time.Duration;

/**
 * How long one waits.
 *
 * @param resolve for a name's addresses
 * @param connect for a connection, and again for its TLS handshake
 * @param hello for the TLS handshake of a server that may as well speak plain HTTP, and then often waits for the end of a line
 * @param idle for the next byte in either direction
 * @param digested for the reply to a body, which a server may have to store and to check first
 * @param whole for a small reply, from its first byte to its last
 */
public record Timeouts(
        Duration resolve, Duration connect, Duration hello, Duration idle, Duration digested, Duration whole) {
    public static final Timeouts USUAL = new Timeouts(
            Duration.ofSeconds(20),
            Duration.ofSeconds(15),
            Duration.ofSeconds(3),
            Duration.ofSeconds(60),
            Duration.ofMinutes(5),
            Duration.ofSeconds(60));
}
