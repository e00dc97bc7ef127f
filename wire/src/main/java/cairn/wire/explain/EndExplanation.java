package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import cairn.wire.container.ContainerState;
import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a container has ended, or does not run.
 *
 * @param findings what is wrong with its program's files, where the end points there
 * @param lastLines of its log, oldest first
 * @param summary all of it as one paragraph
 */
@Json
public record EndExplanation(
        @Json.Property("Id") String id,
        @Json.Property("Name") String name,
        @Json.Property("State") @Nullable ContainerState state,
        @Json.Property("RestartCount") int restartCount,
        @Json.Property("Findings") List<String> findings,
        @Json.Property("LastLines") List<String> lastLines,
        @Json.Property("Summary") String summary) {
    public EndExplanation {
        id = requireNonNullElse(id, "");
        name = requireNonNullElse(name, "");
        findings = findings == null ? List.of() : List.copyOf(findings);
        lastLines = lastLines == null ? List.of() : List.copyOf(lastLines);
        summary = requireNonNullElse(summary, "");
    }
}
