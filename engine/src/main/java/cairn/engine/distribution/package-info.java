/**
 * Images to and from registries: {@link cairn.engine.distribution.Pull} and {@link cairn.engine.distribution.Push}, the transfers of single
 * layers that they share, blobs that are not whole yet, and Docker's records of which registry has which layer under which digest. The
 * registry client itself is {@link cairn.oci.registry}; nothing of it is loaded before somebody asks for a registry.
 */
@NullMarked
package cairn.engine.distribution;

import org.jspecify.annotations.NullMarked;
