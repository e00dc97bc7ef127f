package cairn.wire.http;

import java.io.IOException;

/** Answers one request, on the virtual thread of its connection. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers through the exchange before it returns. An {@link IOException} ends the connection: it means that the client
     * went away or broke the protocol.
     */
    void handle(Exchange exchange) throws IOException;
}
