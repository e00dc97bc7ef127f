/**
 * What can go wrong in the engine, as data. A {@link cairn.engine.error.Problem} carries facts only; status codes and
 * Docker's wording live in one place outside of the engine (the daemon's table from problem to HTTP reply), and each
 * record here quotes that wording so that the facts it needs are all present. This package depends on nothing.
 */
@NullMarked
package cairn.engine.error;

import org.jspecify.annotations.NullMarked;
