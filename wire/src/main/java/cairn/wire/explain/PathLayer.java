package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * What one layer has under a path.
 *
 * @param number of the layer counted from the top, 0 being the topmost
 * @param path in the image
 * @param hostPath the same on the host
 * @param type as in {@link LayerPath}
 * @param mode permission bits
 * @param modified RFC 3339
 * @param role {@code supplies}, {@code merges} (a further layer of a directory), {@code hides} (whiteout or opaque) or {@code hidden}
 * @param reason why it is hidden
 */
@Json
public record PathLayer(
        @Json.Property("Number") int number,
        @Json.Property("Kind") String kind,
        @Json.Property("Link") String link,
        @Json.Property("DiffId") String diffId,
        @Json.Property("Instruction") String instruction,
        @Json.Property("Path") String path,
        @Json.Property("HostPath") String hostPath,
        @Json.Property("Type") String type,
        @Json.Property("Size") long size,
        @Json.Property("Mode") int mode,
        @Json.Property("Modified") String modified,
        @Json.Property("Role") String role,
        @Json.Property("Reason") String reason) {
    public PathLayer {
        kind = requireNonNullElse(kind, "");
        link = requireNonNullElse(link, "");
        diffId = requireNonNullElse(diffId, "");
        instruction = requireNonNullElse(instruction, "");
        path = requireNonNullElse(path, "");
        hostPath = requireNonNullElse(hostPath, "");
        type = requireNonNullElse(type, "");
        modified = requireNonNullElse(modified, "");
        role = requireNonNullElse(role, "");
        reason = requireNonNullElse(reason, "");
    }
}
