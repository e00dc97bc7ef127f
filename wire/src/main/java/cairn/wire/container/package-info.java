/**
 * Containers and execs on the wire.
 *
 * <p>Field names and order are those of API 1.51; After a name, {@code omitempty} means what it means
 * in Go: a zero value is not written; {@code omitnil} drops null only, and stands where Go has a pointer.
 */
@NullMarked
package cairn.wire.container;

import org.jspecify.annotations.NullMarked;
