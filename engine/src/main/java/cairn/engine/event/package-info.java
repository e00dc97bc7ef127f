/** What happened, in order: the last events are kept for {@code since}, and every subscriber has his own queue. */
@NullMarked
package cairn.engine.event;

import org.jspecify.annotations.NullMarked;
