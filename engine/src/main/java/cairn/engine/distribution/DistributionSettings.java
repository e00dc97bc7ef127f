package cairn.engine.distribution;

import cairn.oci.registry.RegistrySettings;

/**
 * How images come and go.
 *
 * @param downloads layers at once, over all pulls
 * @param uploads layers at once, over all pushes
 * @param attempts at one layer that keeps breaking off, before its pull fails
 */
public record DistributionSettings(RegistrySettings registries, int downloads, int uploads, int attempts) {
    public static final int DOWNLOADS = 3;
    public static final int UPLOADS = 5;
    public static final int ATTEMPTS = 5;
}
