package cairn.hostile;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A layer archive that means harm, and what has to come of it.
 *
 * @param entry what the message of a refusal names; null where there is no entry to name
 * @param holds of a confined layer: paths in its directory and what has to be there, as {@link Cases} writes it
 * @param whole whether a confined layer keeps the file {@code before} that all archives begin with, and gives its exact bytes again
 */
public record HostileLayer(
        String family,
        String name,
        Verdict verdict,
        @Nullable String entry,
        Source source,
        Map<String, String> holds,
        boolean whole) {

    public HostileLayer {
        holds = Map.copyOf(holds);
    }

    public enum Verdict {
        /** An error that names the entry, and nothing left behind. */
        REFUSED,
        /** Taken, and nothing outside of the layer is read, made or changed. */
        CONFINED
    }

    /** The archive, made anew each time; some have no end. */
    public interface Source {
        InputStream open() throws IOException;
    }

    @Override
    public String toString() {
        return family + ": " + name;
    }
}
