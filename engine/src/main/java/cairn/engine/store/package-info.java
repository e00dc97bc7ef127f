/**
 * The data root on disk: where everything lies, with which modes, who may use it, and how files in it are replaced and
 * removed so that a kill at any moment leaves the old state or the new one. Knows nothing of layers, images or
 * containers; their packages ask it for paths.
 */
@NullMarked
package cairn.engine.store;

import org.jspecify.annotations.NullMarked;
