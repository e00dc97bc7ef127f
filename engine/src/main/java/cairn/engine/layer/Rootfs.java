package cairn.engine.layer;

import cairn.linux.InRoot;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The root of a container that is about to start.
 *
 * @param path where it is mounted, or will be
 * @param overlay what will be mounted there by its child, with other ids; null if it is mounted already
 * @param files opens what the container will find there, to be read
 */
public record Rootfs(Path path, @Nullable OverlayMount overlay, Supplier<InRoot> files) {}
