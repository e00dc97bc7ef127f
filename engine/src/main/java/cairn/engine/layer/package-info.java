/**
 * Layers as Docker's overlay2 driver and its layer database keep them: unpacked from tar streams, piled on one another by
 * chain ID, with a writable pair on top for each container. Emits overlay mounts as values; whoever launches spends
 * them. Every name of an archive is resolved inside its own layer. Knows nothing of images or configs.
 */
@NullMarked
package cairn.engine.layer;

import org.jspecify.annotations.NullMarked;
