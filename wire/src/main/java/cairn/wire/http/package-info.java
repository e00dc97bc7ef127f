/**
 * HTTP/1.1 on unix sockets, both ends, with what the Docker API needs beyond the ordinary: replies whose head is sent before the
 * first byte exists, connections turned into raw two-way streams with half-close, and word of a client that went away. Heads
 * and bodies are parsed by Apache HttpCore; sockets, threads and limits are here. Knows nothing of routes.
 */
@NullMarked
package cairn.wire.http;

import org.jspecify.annotations.NullMarked;
