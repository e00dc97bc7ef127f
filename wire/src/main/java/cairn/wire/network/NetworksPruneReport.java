package cairn.wire.network;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reply of {@code POST /networks/prune}. */
@Json
public record NetworksPruneReport(
        @Json.Property("NetworksDeleted") @Nullable List<String> networksDeleted) {}
