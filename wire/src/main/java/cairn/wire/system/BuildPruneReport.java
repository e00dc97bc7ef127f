package cairn.wire.system;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reply of {@code POST /build/prune}. */
@Json
public record BuildPruneReport(
        @Json.Property("CachesDeleted") @Nullable List<String> cachesDeleted,
        @Json.Property("SpaceReclaimed") long spaceReclaimed) {}
