package cairn.engine.layer;

import cairn.oci.ChainId;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The pair of layers of one container: the writable one, and the {@code -init} one below it with the mount points and empty files that
 * every container has.
 *
 * @param mountId name of the writable layer's directory in {@code overlay2}; the init layer's is {@link #initId}
 * @param parent the image's chain; null for an image without layers
 */
public record ReadWriteLayer(
        String containerId,
        String mountId,
        String link,
        String initLink,
        @Nullable ChainId parent,
        Path directory,
        Path initDirectory) {

    public String initId() {
        return mountId + "-init";
    }

    /** What the container has written. */
    public Path upper() {
        return directory.resolve("diff");
    }

    public Path work() {
        return directory.resolve("work");
    }

    /** Where the container's root is mounted; exists from creation on. */
    public Path merged() {
        return directory.resolve("merged");
    }
}
