/** The stream of {@code /cairn/store/check}: one JSON document a line. */
@NullMarked
package cairn.wire.store;

import org.jspecify.annotations.NullMarked;
