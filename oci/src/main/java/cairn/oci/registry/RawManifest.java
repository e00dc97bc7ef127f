package cairn.oci.registry;

import cairn.oci.Descriptor;

/**
 * A manifest or an index as the registry sent it; its digest has been computed from these bytes and compared with what was asked for.
 *
 * @param descriptor with the media type of the Content-Type header
 */
public record RawManifest(Descriptor descriptor, byte[] bytes) {}
