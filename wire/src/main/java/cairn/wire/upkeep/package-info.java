/** Records of Cairn's own calls that look after images: how they share layers, and what may go. */
@NullMarked
package cairn.wire.upkeep;

import org.jspecify.annotations.NullMarked;
