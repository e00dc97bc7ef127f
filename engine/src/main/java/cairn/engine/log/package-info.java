/** Reads the logs that the shims write, in both of Docker's formats, and compresses what they have rotated. Never writes a record. */
@NullMarked
package cairn.engine.log;

import org.jspecify.annotations.NullMarked;
