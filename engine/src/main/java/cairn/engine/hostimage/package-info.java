/** Being written. */
@NullMarked
package cairn.engine.hostimage;

import org.jspecify.annotations.NullMarked;
