/**
 * Tar streams, read and written byte for byte: headers of every dialect that images use, their compression, and the tar-split record
 * from which a layer's exact bytes are made again.
 *
 * <p>Names are handed out as they stand in the archive; confining them to a directory is the caller's work.
 */
@NullMarked
package cairn.oci.tar;

import org.jspecify.annotations.NullMarked;
