/**
 * Containers and the processes in them: records, life cycle, attach, exec. The one way to change a container is
 * {@code Containers}, which holds its lock, writes its record and publishes the event, in that order.
 */
@NullMarked
package cairn.engine.container;

import org.jspecify.annotations.NullMarked;
