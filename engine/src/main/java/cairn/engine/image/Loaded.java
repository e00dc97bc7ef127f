package cairn.engine.image;

import cairn.oci.ImageId;
import cairn.oci.Reference;
import org.jspecify.annotations.Nullable;

/**
 * One name that a load brought, or one image without a name.
 *
 * @param displaced the image that had the name before, if it was another one; it keeps its other names
 */
public record Loaded(
        ImageId id, @Nullable Reference tag, @Nullable ImageId displaced) {}
