/** What happened, in order: written down in a journal for {@code since} and for slow readers; every subscriber has a queue of his own. */
@NullMarked
package cairn.engine.event;

import org.jspecify.annotations.NullMarked;
