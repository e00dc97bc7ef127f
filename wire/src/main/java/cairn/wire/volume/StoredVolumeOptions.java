package cairn.wire.volume;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The document {@code volumes/NAME/opts.json} of Docker's local driver; only volumes with options have one. */
@Json
public record StoredVolumeOptions(
        @Json.Property("MountType") String mountType,
        @Json.Property("MountOpts") String mountOpts,
        @Json.Property("MountDevice") String mountDevice,
        @Json.Property("Quota") @Nullable Quota quota) {
    public StoredVolumeOptions {
        mountType = requireNonNullElse(mountType, "");
        mountOpts = requireNonNullElse(mountOpts, "");
        mountDevice = requireNonNullElse(mountDevice, "");
    }

    /** @param size in bytes, 0 for no limit */
    @Json
    public record Quota(@Json.Property("Size") long size) {}
}
