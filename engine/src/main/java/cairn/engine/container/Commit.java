package cairn.engine.container;

import cairn.oci.Reference;
import cairn.wire.container.ContainerConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a commit is asked to make.
 *
 * @param name of the new image; null for none
 * @param pause whether the container's processes stand still while their files are read
 * @param changes Dockerfile instructions, applied to the config
 * @param config in place of the container's own; what it leaves open is taken from there
 */
public record Commit(
        @Nullable Reference name,
        String author,
        String comment,
        boolean pause,
        List<String> changes,
        @Nullable ContainerConfig config) {
    public Commit {
        changes = List.copyOf(changes);
    }
}
