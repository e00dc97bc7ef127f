package cairn.oci.archive;

import cairn.oci.tar.LayerCompression;
import cairn.oci.tar.TarLimits;

/**
 * How much an image archive may ask.
 *
 * @param tar of the archive itself; its total is what the spool directory may take
 * @param compression of the archive itself
 * @param images in the archive
 */
public record ArchiveLimits(TarLimits tar, LayerCompression.Limits compression, int images) {
    public static final ArchiveLimits DEFAULT =
            new ArchiveLimits(TarLimits.DEFAULT.withEntries(100_000), LayerCompression.Limits.DEFAULT, 10_000);
}
