package cairn.engine.lab;

import cairn.engine.error.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Directories of the host as callers name them. */
final class Directories {
    private Directories() {}

    /** The same directory without links on the way. InvalidParameter for a relative path, or where there is no directory. */
    static Path existing(String text) {
        if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
            throw new Problem.InvalidParameter("not an absolute path: " + text.replace('\0', '?')).exception();
        }
        try {
            Path real = Path.of(text).toRealPath();
            if (!Files.isDirectory(real)) {
                throw new Problem.InvalidParameter("not a directory: " + text).exception();
            }
            return real;
        } catch (NoSuchFileException e) {
            throw new Problem.InvalidParameter("no such directory: " + text).exception(e);
        } catch (IOException e) {
            throw new Problem.InvalidParameter("directory " + text + ": " + e.getMessage()).exception(e);
        }
    }
}
