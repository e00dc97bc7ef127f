package cairn.wire.lab;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * What the caller carries out: write the plan to a file, then run {@code SHIM run FILE} with the terminal as it is; its exit status is the
 * program's.
 *
 * @param plan base64
 * @param steps the same to read, one step a line
 * @param shim absolute path of cairn-shim
 */
@Json
public record LabPlan(
        @Json.Property("Plan") String plan,
        @Json.Property("Steps") String steps,
        @Json.Property("Shim") String shim) {
    public LabPlan {
        plan = requireNonNullElse(plan, "");
        steps = requireNonNullElse(steps, "");
        shim = requireNonNullElse(shim, "");
    }
}
