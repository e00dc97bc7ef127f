/** Being written. */
@NullMarked
package cairn.engine.explain;

import org.jspecify.annotations.NullMarked;
