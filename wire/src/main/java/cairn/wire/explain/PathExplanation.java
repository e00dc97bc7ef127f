package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a path of an image or container comes from.
 *
 * @param path as asked
 * @param resolved the same after all links; empty if they lead nowhere
 * @param type as in {@link LayerPath}; empty if it does not exist
 * @param hops links that were followed, in order
 * @param supplier the layer whose file it is, or the topmost of a directory; null if it does not exist or is on a mount
 * @param change in a container's own layer: {@code created}, {@code copied up} or {@code replaced}; else empty
 * @param deletedBy the whiteout, opaque directory or file that makes it disappear; null if it exists or never did
 * @param layers all that have something under this path, topmost first
 * @param opaque directories on the way below which lower layers do not show through
 * @param mount of a running container that the path is on; null if it comes from the layers
 * @param inMount the path below the mount's root
 * @param summary one sentence
 */
@Json
public record PathExplanation(
        @Json.Property("Path") String path,
        @Json.Property("Resolved") String resolved,
        @Json.Property("Exists") boolean exists,
        @Json.Property("Type") String type,
        @Json.Property("Size") long size,
        @Json.Property("Hops") List<LinkHop> hops,
        @Json.Property("Supplier") @Nullable PathLayer supplier,
        @Json.Property("Change") String change,
        @Json.Property("DeletedBy") @Nullable PathLayer deletedBy,
        @Json.Property("Layers") List<PathLayer> layers,
        @Json.Property("Opaque") List<PathLayer> opaque,
        @Json.Property("Mount") @Nullable MountExplanation mount,
        @Json.Property("InMount") String inMount,
        @Json.Property("Summary") String summary) {
    public PathExplanation {
        path = requireNonNullElse(path, "");
        resolved = requireNonNullElse(resolved, "");
        type = requireNonNullElse(type, "");
        hops = hops == null ? List.of() : List.copyOf(hops);
        change = requireNonNullElse(change, "");
        layers = layers == null ? List.of() : List.copyOf(layers);
        opaque = opaque == null ? List.of() : List.copyOf(opaque);
        inMount = requireNonNullElse(inMount, "");
        summary = requireNonNullElse(summary, "");
    }
}
