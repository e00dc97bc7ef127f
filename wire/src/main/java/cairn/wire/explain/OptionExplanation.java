package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * An option that a container was made with.
 *
 * @param option as the command line spells it, such as {@code --memory}
 * @param value as it is recorded
 */
@Json
public record OptionExplanation(
        @Json.Property("Option") String option,
        @Json.Property("Value") String value,
        @Json.Property("Effects") List<OptionEffect> effects) {
    public OptionExplanation {
        option = requireNonNullElse(option, "");
        value = requireNonNullElse(value, "");
        effects = effects == null ? List.of() : List.copyOf(effects);
    }
}
