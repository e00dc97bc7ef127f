package cairn.engine.container;

import cairn.engine.launch.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The file {@code exit} that a shim leaves: {@code CODE SIGNAL UNIX_NS}. */
final class ExitFile {
    private static final int LIMIT = 4096;

    private ExitFile() {}

    /** Null when the shim left none. */
    static Report.@Nullable Exited read(Path shimDirectory) {
        Path file = shimDirectory.resolve("exit");
        try {
            // Nothing else may be opened: a pipe would hold everybody up.
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LIMIT) {
                return null;
            }
            String line = Files.readString(file);
            if (!line.endsWith("\n")) {
                return null; // It is not whole.
            }
            String[] field = line.strip().split(" ");
            long nanos = Long.parseLong(field[2]);
            return new Report.Exited(
                    Integer.parseInt(field[0]),
                    Integer.parseInt(field[1]),
                    Instant.ofEpochSecond(nanos / 1_000_000_000L, nanos % 1_000_000_000L));
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return null;
        }
    }
}
