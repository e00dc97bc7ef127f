/** The composition root: {@link cairn.engine.Engine} is the only place with a chain of {@code new}. */
@NullMarked
package cairn.engine;

import org.jspecify.annotations.NullMarked;
