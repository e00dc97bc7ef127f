package cairn.wire.store;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * The last line of a check.
 *
 * @param contents whether the content of files was compared, too
 * @param findings how many there are, after the repair if there was one
 * @param repairable of these, how many a repair does something about
 */
@Json
public record StoreSummary(
        @Json.Property("Layers") int layers,
        @Json.Property("Images") int images,
        @Json.Property("Containers") int containers,
        @Json.Property("Contents") boolean contents,
        @Json.Property("Findings") int findings,
        @Json.Property("Repairable") int repairable,
        @Json.Property("Owners") List<StoreShare> owners) {
    public StoreSummary {
        owners = owners == null ? List.of() : List.copyOf(owners);
    }
}
