/** Being written. */
@NullMarked
package cairn.engine.lab;

import org.jspecify.annotations.NullMarked;
