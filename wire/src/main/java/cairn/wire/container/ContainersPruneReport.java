package cairn.wire.container;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reply of {@code POST /containers/prune}. */
@Json
public record ContainersPruneReport(
        @Json.Property("ContainersDeleted") @Nullable List<String> containersDeleted,
        @Json.Property("SpaceReclaimed") long spaceReclaimed) {}
