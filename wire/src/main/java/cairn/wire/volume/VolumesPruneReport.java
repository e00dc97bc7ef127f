package cairn.wire.volume;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reply of {@code POST /volumes/prune}. */
@Json
public record VolumesPruneReport(
        @Json.Property("VolumesDeleted") @Nullable List<String> volumesDeleted,
        @Json.Property("SpaceReclaimed") long spaceReclaimed) {}
