package cairn.engine.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Which records a reader wants. @param tail last records before following, -1 for all */
public record LogSelection(
        boolean stdout,
        boolean stderr,
        @Nullable Instant since,
        @Nullable Instant until,
        long tail,
        boolean follow) {
    public static final long ALL = -1;
}
