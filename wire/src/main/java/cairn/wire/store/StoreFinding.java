package cairn.wire.store;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * One thing that is wrong.
 *
 * @param kind in capitals, such as {@code LINK_MISSING}
 * @param severity {@code DAMAGE}, {@code EXPOSED}, {@code INCONSISTENT} or {@code LEAK}
 * @param path relative to the data root
 * @param owner such as {@code LAYER} or {@code NOBODY}
 * @param ownerName such as a container's name; empty where there is only one of the owner's type
 * @param what one sentence without a full stop
 * @param harm what comes of it, in words that follow
 * @param repair what a repair does, or why it does nothing
 */
@Json
public record StoreFinding(
        @Json.Property("Kind") String kind,
        @Json.Property("Severity") String severity,
        @Json.Property("Path") String path,
        @Json.Property("Owner") String owner,
        @Json.Property("OwnerName") String ownerName,
        @Json.Property("What") String what,
        @Json.Property("Harm") String harm,
        @Json.Property("Repair") String repair,
        @Json.Property("Repairable") boolean repairable) {
    public StoreFinding {
        kind = requireNonNullElse(kind, "");
        severity = requireNonNullElse(severity, "");
        path = requireNonNullElse(path, "");
        owner = requireNonNullElse(owner, "");
        ownerName = requireNonNullElse(ownerName, "");
        what = requireNonNullElse(what, "");
        harm = requireNonNullElse(harm, "");
        repair = requireNonNullElse(repair, "");
    }
}
