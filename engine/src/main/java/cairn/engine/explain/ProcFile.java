package cairn.engine.explain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Small text files of procfs and sysfs, which may vanish at any moment. */
final class ProcFile {
    private ProcFile() {}

    /** Empty if it is not there any more. */
    static String text(String path) {
        try {
            return new String(Files.readAllBytes(Path.of(path)), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    static List<String> lines(String path) {
        return text(path).lines().toList();
    }
}
