package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * One layer of a pile.
 *
 * @param kind {@code image}, {@code init} (mount points and empty files that every container has) or {@code writable}
 * @param link its 26-character short name in {@code overlay2/l}
 * @param directory whose names are the layer: {@code overlay2/CACHE-ID/diff}
 * @param diffId and {@code chainId}: empty for layers of containers
 * @param instruction that made it; empty where the config does not say
 * @param size bytes of its files, each hard-linked file once
 * @param names what lies at its top, sorted
 * @param adds what no layer below has
 * @param changes what a layer below has under the same name; a directory that is merged with those below is no change
 * @param hides whiteouts and opaque directories
 * @param incomplete why not everything was counted; empty if everything was
 */
@Json
public record LayerExplanation(
        @Json.Property("Kind") String kind,
        @Json.Property("Link") String link,
        @Json.Property("Directory") String directory,
        @Json.Property("CacheId") String cacheId,
        @Json.Property("DiffId") String diffId,
        @Json.Property("ChainId") String chainId,
        @Json.Property("Instruction") String instruction,
        @Json.Property("Created") String created,
        @Json.Property("Size") long size,
        @Json.Property("Names") List<String> names,
        @Json.Property("Adds") LayerPaths adds,
        @Json.Property("Changes") LayerPaths changes,
        @Json.Property("Hides") LayerPaths hides,
        @Json.Property("Incomplete") String incomplete) {
    public LayerExplanation {
        kind = requireNonNullElse(kind, "");
        link = requireNonNullElse(link, "");
        directory = requireNonNullElse(directory, "");
        cacheId = requireNonNullElse(cacheId, "");
        diffId = requireNonNullElse(diffId, "");
        chainId = requireNonNullElse(chainId, "");
        instruction = requireNonNullElse(instruction, "");
        created = requireNonNullElse(created, "");
        names = names == null ? List.of() : List.copyOf(names);
        adds = requireNonNullElse(adds, LayerPaths.EMPTY);
        changes = requireNonNullElse(changes, LayerPaths.EMPTY);
        hides = requireNonNullElse(hides, LayerPaths.EMPTY);
        incomplete = requireNonNullElse(incomplete, "");
    }
}
