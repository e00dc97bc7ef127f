package cairn.engine.layer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Files outside of every layer that no archive may read, change or add to. */
final class Canary {
    private final Path path;

    Canary(Path parent) throws IOException {
        path = Files.createDirectories(parent.resolve("canary"));
        Files.writeString(path.resolve("file"), "sings");
        Files.createDirectory(path.resolve("inner"));
    }

    Path path() {
        return path;
    }

    /** Names, kinds, modes, owners, sizes, times, link counts and contents. */
    String picture() throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> all = Files.walk(path)) {
            for (Path file : all.sorted().toList()) {
                Map<String, Object> facts = new TreeMap<>(Files.readAttributes(
                        file, "unix:mode,uid,gid,size,nlink,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS));
                text.append(file).append(facts);
                if (Files.isRegularFile(file)) {
                    text.append(Files.readString(file));
                }
                text.append('\n');
            }
        }
        return text.toString();
    }
}
