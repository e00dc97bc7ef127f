/**
 * HTTP/1.1 for one request at a time: sockets, TLS, kept connections, limits on what a server may send, and which addresses may be
 * reached at all. HttpCore parses heads and bodies. It follows no redirect, tries nothing twice and knows nothing of registries.
 */
@NullMarked
package cairn.oci.http;

import org.jspecify.annotations.NullMarked;
