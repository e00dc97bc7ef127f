package cairn.engine.hostimage;

import cairn.engine.error.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Programs with everything that they need to run, gathered into a selection of files. */
final class ProgramFiles {
    private static final List<String> STANDARD_PATH =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");
    private static final int HEAD = 256; // what the kernel reads of a script's first line (execve(2))
    private static final int MAX_INTERPRETERS = 5;

    /** Opened by name at run time where users and hosts are looked up (nsswitch.conf(5)); part of libc from glibc 2.34 on. */
    private static final List<String> NAME_SERVICES = List.of("libnss_files.so.2", "libnss_dns.so.2");

    private static final List<Path> TERMINFO =
            List.of(Path.of("/etc/terminfo"), Path.of("/lib/terminfo"), Path.of("/usr/share/terminfo"));
    private static final List<String> TERMINALS = List.of(
            "dumb", "linux", "screen", "screen-256color", "tmux", "tmux-256color", "vt100", "xterm", "xterm-256color");

    private final HostFiles files;
    private final Libraries libraries;
    private final List<Path> path;
    private final Set<Path> programs = new HashSet<>();
    private final Set<Path> objects = new HashSet<>();
    private final SequencedSet<Path> directories = new LinkedHashSet<>();
    private boolean needsCache;

    /** @param path to look up names in, colons between; the standard directories go before */
    ProgramFiles(HostFiles files, Libraries libraries, String path) {
        this.files = files;
        this.libraries = libraries;
        SequencedSet<Path> all = new LinkedHashSet<>();
        STANDARD_PATH.forEach(directory -> all.add(Path.of(directory)));
        for (String directory : path.split(":", -1)) {
            if (directory.startsWith("/")) {
                all.add(Path.of(directory));
            }
        }
        this.path = List.copyOf(all);
    }

    /** Where a name is found; null where it is not. A path must be absolute. */
    @Nullable
    Path locate(String program) {
        if (program.isEmpty() || program.indexOf('\0') >= 0) {
            throw invalid("not a program: \"" + program.replace('\0', '?') + "\"");
        }
        if (program.indexOf('/') >= 0) {
            if (!program.startsWith("/")) {
                throw invalid("not an absolute path: " + program);
            }
            return isProgram(Path.of(program)) ? Path.of(program) : null;
        }
        for (Path directory : path) {
            if (isProgram(directory.resolve(program))) {
                return directory.resolve(program);
            }
        }
        return null;
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }

    /** Takes a program, and what it needs. */
    void add(Path program) throws IOException {
        Path directory = program.getParent();
        if (directory != null) {
            directories.add(directory);
        }
        add(program, 0);
    }

    private void add(Path program, int depth) throws IOException {
        Path real = files.add(program);
        if (!programs.add(real)) {
            return;
        }
        ElfFile elf = elf(real);
        if (elf != null) {
            String interpreter = elf.interpreter();
            if (interpreter != null) {
                addInterpreter(Path.of(interpreter), real);
            }
            addNeeded(List.of(new Libraries.Loaded(elf, real)));
            return;
        }
        if (depth >= MAX_INTERPRETERS) {
            throw invalid(program + ": scripts that run scripts that run scripts ...");
        }
        for (String interpreter : interpreters(real)) {
            Path found = locate(interpreter);
            if (found == null) {
                throw invalid(program + " is run by " + interpreter + ", which is not there");
            }
            add(found, depth + 1);
        }
    }

    private void addInterpreter(Path interpreter, Path program) {
        if (!Files.isRegularFile(interpreter)) {
            throw invalid(program + " is run by " + interpreter + ", which is not there");
        }
        objects.add(files.add(interpreter));
    }

    private static @Nullable ElfFile elf(Path path) {
        try {
            return ElfFile.read(path);
        } catch (IOException e) {
            throw new Problem.InvalidParameter(String.valueOf(e.getMessage())).exception(e);
        }
    }

    /** @param chain the object whose needs are looked for, then what needed that, up to the program */
    private void addNeeded(List<Libraries.Loaded> chain) {
        for (String name : chain.getFirst().elf().needed()) {
            Libraries.Found found = libraries.find(name, chain);
            if (found == null) {
                throw invalid(chain.getFirst().path() + " needs " + name + ", which is not there");
            }
            needsCache |= found.needsCache();
            addLibrary(found.path(), chain);
        }
    }

    private void addLibrary(Path library, List<Libraries.Loaded> chain) {
        if (!objects.add(files.add(library))) {
            return;
        }
        ElfFile elf = elf(library);
        if (elf != null) {
            List<Libraries.Loaded> longer = new ArrayList<>();
            longer.add(new Libraries.Loaded(elf, library));
            longer.addAll(chain);
            addNeeded(longer);
        }
    }

    /** What the first line of a script names: the interpreter, and if that is env(1), what env will look for. */
    private static List<String> interpreters(Path script) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(script)) {
            head = in.readNBytes(HEAD);
        }
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (!text.startsWith("#!")) {
            return List.of();
        }
        String[] words = text.substring(2).split("\n", 2)[0].strip().split("[ \t]+");
        List<String> found = new ArrayList<>(List.of(words[0]));
        if (words[0].endsWith("/env")) {
            for (String word : List.of(words).subList(1, words.length)) {
                if (!word.startsWith("-") && word.indexOf('=') < 0) {
                    found.add(word);
                    break;
                }
            }
        }
        return found;
    }

    /** What programs only look for when they run. */
    void addCompanions() {
        int machine = 0;
        boolean terminal = false;
        boolean libc = false;
        for (Path object : List.copyOf(objects)) {
            String name = String.valueOf(object.getFileName());
            ElfFile elf = elf(object);
            machine = elf == null ? machine : elf.machine();
            terminal |= name.startsWith("libtinfo") || name.startsWith("libncurses");
            libc |= name.startsWith("libc.so.6") || name.startsWith("libc-2.");
        }
        for (String name : libc ? NAME_SERVICES : List.<String>of()) {
            Path library = libraries.optional(name, machine);
            ElfFile elf = library == null ? null : elf(library);
            if (library != null && elf != null && objects.add(files.add(library))) {
                addNeeded(List.of(new Libraries.Loaded(elf, library)));
            }
        }
        if (terminal) {
            addTerminals();
        }
        // A library in a directory that the loader only knows from /etc/ld.so.conf is found through its cache alone.
        if (needsCache && Files.isRegularFile(Path.of("/etc/ld.so.cache"))) {
            files.add(Path.of("/etc/ld.so.cache"));
        }
    }

    private void addTerminals() {
        for (String terminal : TERMINALS) {
            for (Path database : TERMINFO) {
                Path description = database.resolve(terminal.substring(0, 1)).resolve(terminal);
                if (Files.isRegularFile(description)) {
                    files.add(description);
                    break;
                }
            }
        }
    }

    /** Number of shared objects, dynamic loaders included. */
    int libraryCount() {
        return objects.size();
    }

    /** The standard directories, and others that programs were found in. */
    String searchPath() {
        SequencedSet<String> all = new LinkedHashSet<>(STANDARD_PATH);
        directories.forEach(directory -> all.add(directory.toString()));
        return String.join(":", all);
    }

    private static RuntimeException invalid(String text) {
        return new Problem.InvalidParameter(text).exception();
    }
}
