package cairn.engine.hostimage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the dynamic loader finds a library (ld.so(8)): beside what needs it by its runpath or rpath, in the directories of
 * {@code /etc/ld.so.conf}, in those that the loader knows by itself.
 */
final class Libraries {
    private static final int MAX_INCLUDES = 16;

    private final List<Path> configured;
    private final List<Path> builtIn;
    private final String tuple;
    private final String platform;

    /** A library, and whether the loader finds it without its cache. */
    record Found(Path path, boolean needsCache) {}

    /** An object that has been loaded, under the path at which it was found. */
    record Loaded(ElfFile elf, Path path) {}

    private Libraries(List<Path> configured, String platform) {
        this.configured = configured;
        this.platform = platform;
        this.tuple = platform + "-linux-gnu";
        this.builtIn = List.of(
                Path.of("/lib/" + tuple),
                Path.of("/usr/lib/" + tuple),
                Path.of("/lib64"),
                Path.of("/usr/lib64"),
                Path.of("/lib"),
                Path.of("/usr/lib"));
    }

    /** Of this machine, by its configuration as it is now. */
    static Libraries ofHost() throws IOException {
        List<Path> directories = new ArrayList<>();
        readConfiguration(Path.of("/etc/ld.so.conf"), directories, 0);
        return new Libraries(directories, System.getProperty("os.arch", "").equals("aarch64") ? "aarch64" : "x86_64");
    }

    private static void readConfiguration(Path file, List<Path> directories, int depth) throws IOException {
        if (depth > MAX_INCLUDES || !Files.isRegularFile(file)) {
            return;
        }
        for (String raw : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            String line = raw.replaceFirst("#.*", "").strip();
            if (line.startsWith("include") && line.length() > 8 && Character.isWhitespace(line.charAt(7))) {
                for (String pattern : line.substring(8).strip().split("\\s+", -1)) {
                    for (Path included : matching(pattern)) {
                        readConfiguration(included, directories, depth + 1);
                    }
                }
            } else if (line.startsWith("/")) {
                directories.add(Path.of(line));
            }
        }
    }

    /** Patterns in the last name only, which is all that distributions use. */
    private static List<Path> matching(String pattern) throws IOException {
        Path path = Path.of("/etc").resolve(pattern);
        Path directory = path.getParent();
        List<Path> found = new ArrayList<>();
        if (directory != null && Files.isDirectory(directory)) {
            try (DirectoryStream<Path> entries =
                    Files.newDirectoryStream(directory, String.valueOf(path.getFileName()))) {
                entries.forEach(found::add);
            }
        }
        found.sort(null);
        return found;
    }

    /**
     * Null where there is none for this machine.
     *
     * @param chain what needs it first, then what needed that, up to the program
     */
    @Nullable
    Found find(String name, List<Loaded> chain) {
        Loaded needs = chain.getFirst();
        int machine = needs.elf.machine();
        if (name.indexOf('/') >= 0) {
            return in(Path.of("/"), expand(name, needs.path), machine, false);
        }
        Found found = null;
        // An rpath counts for what the libraries need in turn, a runpath does not.
        if (needs.elf.runpath().isEmpty()) {
            for (Loaded loaded : chain) {
                if (found == null && loaded.elf.runpath().isEmpty()) {
                    found = inOwn(loaded.elf.rpath(), loaded.path, name, machine);
                }
            }
        }
        if (found == null) {
            found = inOwn(needs.elf.runpath(), needs.path, name, machine);
        }
        for (Path directory : configured) {
            if (found == null) {
                found = in(directory, name, machine, !builtIn.contains(directory));
            }
        }
        for (Path directory : builtIn) {
            if (found == null) {
                found = in(directory, name, machine, false);
            }
        }
        return found;
    }

    /** A library that programs open by name at run time; null where the loader's own directories do not have it. */
    @Nullable
    Path optional(String name, int machine) {
        for (Path directory : builtIn) {
            Found found = in(directory, name, machine, false);
            if (found != null) {
                return found.path;
            }
        }
        return null;
    }

    private @Nullable Found inOwn(List<String> directories, Path origin, String name, int machine) {
        for (String directory : directories) {
            Found found = in(Path.of(expand(directory, origin)), name, machine, false);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private String expand(String text, Path object) {
        String lib = Files.isDirectory(Path.of("/usr/lib/" + tuple)) ? "lib/" + tuple : "lib64";
        String origin = String.valueOf(object.getParent());
        return text.replace("${ORIGIN}", origin)
                .replace("$ORIGIN", origin)
                .replace("${LIB}", lib)
                .replace("$LIB", lib)
                .replace("${PLATFORM}", platform)
                .replace("$PLATFORM", platform);
    }

    /** Files of that name for other machines are passed over, as the loader does. */
    private static @Nullable Found in(Path directory, String name, int machine, boolean needsCache) {
        Path path = directory.resolve(name);
        try {
            if (path.isAbsolute() && Files.isRegularFile(path)) {
                ElfFile elf = ElfFile.read(path);
                if (elf != null && elf.machine() == machine) {
                    return new Found(path, needsCache);
                }
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }
}
