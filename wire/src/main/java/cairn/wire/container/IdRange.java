package cairn.wire.container;

import io.avaje.jsonb.Json;

/**
 * The ids of a container with a user namespace of its own: 0 and those after it inside are this many ids of the host.
 *
 * @param first what 0 inside is on the host
 */
@Json
public record IdRange(
        @Json.Property("First") long first,
        @Json.Property("Count") long count) {
    /** What the kernel shows for ids that mean nothing where it is asked (/proc/sys/kernel/overflowuid). */
    private static final long NOBODY = 65534;

    /** Whether an id inside has one on the host. */
    public boolean has(long id) {
        return id >= 0 && id < count;
    }

    /** The host's id of one inside. */
    public long outside(long id) {
        if (!has(id)) {
            throw new IllegalArgumentException("id " + id + " is none of " + count);
        }
        return first + id;
    }

    /** What an id of the host is called inside. */
    public long inside(long id) {
        return has(id - first) ? id - first : NOBODY;
    }

    /** As uid_map and gid_map take it, user_namespaces(7). */
    public String map() {
        return "0 " + first + " " + count;
    }

    @Override
    public String toString() {
        return first + "-" + (first + count - 1);
    }
}
