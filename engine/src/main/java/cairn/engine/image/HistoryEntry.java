package cairn.engine.image;

import cairn.oci.ImageId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step in the making of an image.
 *
 * @param id the image that the step made, where it is known on this machine ({@code <missing>} in Docker's table otherwise)
 * @param tags of that image
 * @param size bytes of the layer that the step made; zero for a step without one
 */
public record HistoryEntry(
        @Nullable ImageId id,
        @Nullable Instant created,
        String createdBy,
        List<String> tags,
        long size,
        String comment) {
    public HistoryEntry {
        tags = List.copyOf(tags);
    }
}
