/**
 * JSON documents from strangers, read strictly, and documents written as Go's encoder writes them, since their digests are identities.
 *
 * <p>Only this module sees this package.
 */
@NullMarked
package cairn.oci.json;

import org.jspecify.annotations.NullMarked;
