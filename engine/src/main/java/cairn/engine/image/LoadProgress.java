package cairn.engine.image;

import cairn.oci.DiffId;

/**
 * Is told how far the unpacking of each loaded layer is; layers that exist already are not mentioned. Layers run side by side, so calls
 * come from several threads, one at a time.
 */
@FunctionalInterface
public interface LoadProgress {
    /**
     * Called for each block, and once at the end with both numbers equal.
     *
     * @param current bytes read of the layer as it stands in the archive
     */
    void layer(DiffId diffId, long current, long total);
}
