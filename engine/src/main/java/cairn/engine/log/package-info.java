/** Reads the json-file logs that the shims write. Never writes one. */
@NullMarked
package cairn.engine.log;

import org.jspecify.annotations.NullMarked;
