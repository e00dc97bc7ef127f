package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * One directory of a lowerdir option, and the layer that it leads to.
 *
 * @param written as the option has it, through the short link
 * @param directory where the link leads
 * @param kind as in {@link LayerExplanation}; empty if it is no layer of this container
 */
@Json
public record LowerExplanation(
        @Json.Property("Written") String written,
        @Json.Property("Link") String link,
        @Json.Property("Directory") String directory,
        @Json.Property("Kind") String kind,
        @Json.Property("DiffId") String diffId) {
    public LowerExplanation {
        written = requireNonNullElse(written, "");
        link = requireNonNullElse(link, "");
        directory = requireNonNullElse(directory, "");
        kind = requireNonNullElse(kind, "");
        diffId = requireNonNullElse(diffId, "");
    }
}
