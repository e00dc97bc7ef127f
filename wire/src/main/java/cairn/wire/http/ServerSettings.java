package cairn.wire.http;

import cairn.wire.ApiVersion;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a server presents itself and how long it waits.
 *
 * @param version the engine's version, shown as {@code Docker/<version> (linux)}, which clients parse
 * @param api the newest API version, sent with every reply
 * @param group the group that may use the socket, if it exists; null leaves the group alone
 * @param idle how long a connection may wait for its next request
 * @param head how long a client may take for the head of a request, and for a JSON body
 * @param connections how many connections may be open at once; more wait in the kernel's queue
 */
public record ServerSettings(
        String version, ApiVersion api, @Nullable String group, Duration idle, Duration head, int connections) {
    public static ServerSettings of(String version) {
        return new ServerSettings(
                version, ApiVersion.NEWEST, "docker", Duration.ofMinutes(10), Duration.ofSeconds(30), 4096);
    }

    public ServerSettings withGroup(@Nullable String name) {
        return new ServerSettings(version, api, name, idle, head, connections);
    }

    public ServerSettings withTimeouts(Duration newIdle, Duration newHead) {
        return new ServerSettings(version, api, group, newIdle, newHead, connections);
    }
}
