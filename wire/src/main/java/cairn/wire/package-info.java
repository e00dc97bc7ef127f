/**
 * The Docker Engine API on the wire: records with its JSON names, the one JSON instance, stream framing, filters, versions and
 * times. Mirrors of API 1.51; values are checked where they are used, not here.
 */
@NullMarked
package cairn.wire;

import org.jspecify.annotations.NullMarked;
