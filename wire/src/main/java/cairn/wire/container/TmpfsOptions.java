package cairn.wire.container;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Options of a tmpfs mount; the mode is in octal sense, the size in bytes. */
@Json
public record TmpfsOptions(
        @Json.Property("SizeBytes,omitempty") long sizeBytes,
        @Json.Property("Mode,omitempty") long mode,
        @Json.Property("Options,omitempty") @Nullable List<List<String>> options) {}
