/**
 * The client of the OCI distribution API: which hosts serve a repository (mirrors, certificates, plain HTTP), who the caller is
 * (challenges and tokens), and manifests, blobs and tags in both directions. It verifies nothing but what a single reply can show; digests of
 * streams are the caller's. It never touches a store.
 */
@NullMarked
package cairn.oci.registry;

import org.jspecify.annotations.NullMarked;
