package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** One rule of a network's table, as the kernel lists it, and what it does. */
@Json
public record RuleExplanation(
        @Json.Property("Chain") String chain,
        @Json.Property("Rule") String rule,
        @Json.Property("Meaning") String meaning) {
    public RuleExplanation {
        chain = requireNonNullElse(chain, "");
        rule = requireNonNullElse(rule, "");
        meaning = requireNonNullElse(meaning, "");
    }
}
