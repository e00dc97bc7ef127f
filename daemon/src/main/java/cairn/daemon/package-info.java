/**
 * The engine's edge: socket, routes, and the one table from a problem to its status and words. A route decodes, makes one
 * call to the engine, and encodes.
 */
@NullMarked
package cairn.daemon;

import org.jspecify.annotations.NullMarked;
