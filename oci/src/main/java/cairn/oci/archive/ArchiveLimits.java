package cairn.oci.archive;

import cairn.oci.tar.LayerCompression;
import cairn.oci.tar.TarLimits;

/**
 * How much an image archive may ask.
 *
 * @param tar of the archive itself; its total is what the spool directory may take
 * @param compression of the archive itself
 * @param images in the archive
 * @param documentBytes of all indexes, manifests and configs that are read, each as often as it is named: ten thousand names may stand
 *     for one large file
 */
public record ArchiveLimits(TarLimits tar, LayerCompression.Limits compression, int images, int documentBytes) {
    public static final ArchiveLimits DEFAULT = new ArchiveLimits(
            TarLimits.DEFAULT.withEntries(100_000).withNameBytes(255),
            LayerCompression.Limits.DEFAULT,
            10_000,
            32 << 20);
}
