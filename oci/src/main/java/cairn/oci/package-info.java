/**
 * What an image is, as checked values: digests and the identifiers made of them, references, image configs, manifests and indexes.
 *
 * <p>Everything here is parsed once from bytes within named limits and then trusted. Nothing here touches a store, a network or the
 * kernel.
 */
@NullMarked
package cairn.oci;

import org.jspecify.annotations.NullMarked;
