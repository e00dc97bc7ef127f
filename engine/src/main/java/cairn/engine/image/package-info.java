/**
 * Images: configs in Docker's image database, their tags in {@code repositories.json}, and what is done with them as wholes: look up, tag,
 * remove, load, save, import. Layers are asked of {@link cairn.engine.layer.Layers}; containers are known here only as users who
 * forbid a removal.
 */
@NullMarked
package cairn.engine.image;

import org.jspecify.annotations.NullMarked;
