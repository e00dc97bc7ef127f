package cairn.wire.container;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * What is known about the end of a container's last run beside Docker's fields. Not part of Docker's API, and ignored by its clients.
 *
 * @param signal that ended the first process; 0 when it ended by itself
 * @param oomKills how many processes of the run the kernel has killed for memory
 * @param unseen whether the end was only found out later, so that code and time are guesses
 * @param requests what clients had sent before, oldest first
 */
@Json
public record ExitCause(
        @Json.Property("Signal") int signal,
        @Json.Property("OOMKills") long oomKills,
        @Json.Property("Unseen") boolean unseen,
        @Json.Property("Requests") List<StopRequest> requests) {
    public ExitCause {
        requests = requests == null ? List.of() : List.copyOf(requests);
    }
}
