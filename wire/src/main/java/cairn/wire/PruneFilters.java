package cairn.wire;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a prune spares: things younger than {@code until}, things without a {@code label} that is asked for, and things with one of
 * {@code label!}.
 *
 * @param until null for no limit
 */
public record PruneFilters(@Nullable Instant until, Filters filters) {

    /** @throws JsonException for another key than these and {@code others}, or more than one time */
    public static PruneFilters of(Filters filters, Instant now, String... others) {
        Set<String> allowed = new java.util.HashSet<>(Set.of("until", "label", "label!"));
        allowed.addAll(Set.of(others));
        String unknown = filters.unknown(allowed);
        if (unknown != null) {
            throw new JsonException("invalid filter '" + unknown + "'");
        }
        Set<String> times = filters.get("until");
        if (times.size() > 1) {
            throw new JsonException("more than one until filter specified");
        }
        Instant until =
                times.isEmpty() ? null : Timestamps.parse(times.iterator().next(), now, ZoneId.systemDefault());
        return new PruneFilters(until, filters);
    }

    /** Whether the prune may take it. */
    public boolean take(Instant created, @Nullable Map<String, String> labels) {
        Map<String, String> known = labels == null ? Map.of() : labels;
        return (until == null || !created.isAfter(until))
                && filters.matchesLabels("label", known)
                && !(filters.has("label!") && filters.matchesLabels("label!", known));
    }
}
