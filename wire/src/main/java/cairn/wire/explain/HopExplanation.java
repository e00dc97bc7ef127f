package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * One thing that a packet meets on its way.
 *
 * @param place such as {@code firewall}, {@code route}, {@code listener}
 * @param what happens there
 * @param evidence the rule, record or state that says so, as it stands; empty where there is nothing to show
 * @param state {@code passes}, {@code stops}, or {@code note} for what does not decide
 * @param hint what to do about it; empty where there is nothing to be done
 */
@Json
public record HopExplanation(
        @Json.Property("Place") String place,
        @Json.Property("What") String what,
        @Json.Property("Evidence") String evidence,
        @Json.Property("State") String state,
        @Json.Property("Hint") String hint) {
    public static final String PASSES = "passes";
    public static final String STOPS = "stops";
    public static final String NOTE = "note";

    public HopExplanation {
        place = requireNonNullElse(place, "");
        what = requireNonNullElse(what, "");
        evidence = requireNonNullElse(evidence, "");
        state = requireNonNullElse(state, "");
        hint = requireNonNullElse(hint, "");
    }
}
