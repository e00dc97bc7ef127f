package cairn.engine.volume;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The record of one volume, immutable.
 *
 * @param data the directory that containers see
 * @param labels null where none were given, as Docker tells it
 * @param options of the local driver as they were given; null for a plain directory
 * @param madeFor the container that a volume without a name was made for and goes with; null for all that stay
 * @param lastUsed the end of the last use, null before that
 */
public record Volume(
        String name,
        Path data,
        Instant created,
        @Nullable Map<String, String> labels,
        @Nullable Map<String, String> options,
        @Nullable String madeFor,
        @Nullable Instant lastUsed) {
    /** What every volume has for a driver. */
    public static final String DRIVER = "local";

    /** Docker's mark of a volume that got its name from the engine. */
    public static final String ANONYMOUS = "com.docker.volume.anonymous";

    /** In the place of a container's ID: it is being filled, and no volume yet. */
    static final String UNFINISHED = "unfinished";

    public Map<String, String> knownLabels() {
        return labels == null ? Map.of() : labels;
    }

    /** Whether it is more than a directory; Docker neither counts nor prunes such. */
    public boolean hasOptions() {
        return options != null && !options.isEmpty();
    }

    /** Whether nothing is mounted there while it is used: its files lie on this disk. */
    public boolean liesHere() {
        return options == null || !options.containsKey("type") && !options.containsKey("device");
    }

    Volume kept() {
        return new Volume(name, data, created, labels, options, null, lastUsed);
    }

    Volume usedUntil(Instant now) {
        return new Volume(name, data, created, labels, options, madeFor, now);
    }
}
