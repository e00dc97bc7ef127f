package cairn.wire.image;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reply of {@code POST /images/prune}. */
@Json
public record ImagesPruneReport(
        @Json.Property("ImagesDeleted") @Nullable List<ImageDeleteItem> imagesDeleted,
        @Json.Property("SpaceReclaimed") long spaceReclaimed) {}
