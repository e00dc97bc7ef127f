/**
 * Networks and endpoints on the wire.
 *
 * <p>Field names and order are those of API 1.51; {@code omitempty} in a name means what it means in Go: a zero value is not written.
 */
@NullMarked
package cairn.wire.network;

import org.jspecify.annotations.NullMarked;
