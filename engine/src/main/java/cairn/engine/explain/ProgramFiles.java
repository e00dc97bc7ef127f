package cairn.engine.explain;

import cairn.engine.container.Container;
import cairn.engine.error.EngineException;
import cairn.linux.Kernel;
import cairn.wire.container.ContainerState;
import cairn.wire.explain.PathExplanation;
import cairn.wire.explain.PathLayer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Looks at the program that a container was to run, where its end says that it could not: as execve(2) and ld.so(8) do. */
final class ProgramFiles {
    private static final int HEAD = 4096;
    private static final int PT_INTERP = 3;
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** What glibc's and musl's loaders print. */
    private static final List<Pattern> MISSING_LIBRARY = List.of(
            Pattern.compile("error while loading shared libraries: ([^:]+): cannot open shared object file"),
            Pattern.compile("Error loading shared library ([^:]+): No such file"));

    private final Container container;
    private final Explain explain;

    ProgramFiles(Container container, Explain explain) {
        this.container = container;
        this.explain = explain;
    }

    /** Sentences; empty where the files are not to blame. */
    List<String> findings(ContainerState state, List<String> lastLines) {
        List<String> findings = new ArrayList<>();
        for (String line : lastLines) {
            for (Pattern pattern : MISSING_LIBRARY) {
                Matcher found = pattern.matcher(line);
                if (found.find() && state.exitCode() == 127) {
                    findings.add(
                            "The program needs the library " + found.group(1) + ", which the container does not have.");
                }
            }
        }
        if (!state.error().isEmpty()) {
            try {
                program(state.error(), findings);
            } catch (IOException | EngineException e) {
                // Its files cannot be looked at; the error itself stands.
            }
        }
        return findings;
    }

    private void program(String error, List<String> findings) throws IOException {
        if (!error.contains("exec")) {
            return;
        }
        PathExplanation file = find();
        if (file == null) {
            findings.add(
                    container.path().indexOf('/') >= 0
                            ? "There is no file " + container.path() + " in the container."
                            : "None of the directories of its PATH (" + path() + ") has a program of this name.");
            return;
        }
        PathLayer supplier = file.supplier();
        if (supplier == null) {
            return;
        }
        String name = file.resolved();
        if (file.type().equals("directory")) {
            findings.add(name + " is a directory.");
        } else if ((supplier.mode() & 0111) == 0) {
            findings.add(String.format(
                    Locale.ROOT, "%s has mode %04o: it is not executable.", name, supplier.mode() & 07777));
        } else {
            content(name, head(Path.of(supplier.hostPath())), findings);
        }
    }

    private String path() {
        if (container.config().env() != null) {
            for (String variable : container.config().env()) {
                if (variable.startsWith("PATH=")) {
                    return variable.substring("PATH=".length());
                }
            }
        }
        return DEFAULT_PATH;
    }

    private @Nullable PathExplanation find() {
        String program = container.path();
        if (program.indexOf('/') >= 0) {
            return existing(
                    program.startsWith("/") ? program : container.config().workingDir() + "/" + program);
        }
        for (String directory : path().split(":")) {
            PathExplanation found = existing(directory + "/" + program);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable PathExplanation existing(String path) {
        PathExplanation found = explain.path(container.id(), path);
        return found.exists() ? found : null;
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return in.readNBytes(HEAD);
        }
    }

    private void content(String name, byte[] head, List<String> findings) {
        if (head.length > 2 && head[0] == '#' && head[1] == '!') {
            script(name, head, findings);
        } else if (head.length >= 64 && head[0] == 0x7f && head[1] == 'E' && head[2] == 'L' && head[3] == 'F') {
            elf(name, head, findings);
        } else if (head.length == 0) {
            findings.add(name + " is empty.");
        } else {
            findings.add(name + " is no program that the kernel knows, and does not begin with #! and an interpreter.");
        }
    }

    private void script(String name, byte[] head, List<String> findings) {
        String line = new String(head, 2, head.length - 2, StandardCharsets.UTF_8).split("\n", 2)[0];
        String interpreter = line.strip().split("[ \t]", 2)[0];
        if (line.endsWith("\r")) {
            findings.add("The first line of " + name
                    + " ends with a carriage return, as files from Windows do, so its interpreter"
                    + " is looked for under the name \"" + interpreter + "\\r\".");
        } else if (existing(interpreter) == null) {
            findings.add(name + " is a script for " + interpreter + ", which the container does not have.");
        }
    }

    private void elf(String name, byte[] head, List<String> findings) {
        ByteBuffer bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        String machine = machine(bytes.getShort(18));
        if (head[4] != 2 || !machine.equals(Kernel.machine())) {
            findings.add(name + " is a program for "
                    + (head[4] == 2 ? machine : "a 32-bit machine")
                    + ", and this machine is " + Kernel.machine() + ".");
            return;
        }
        String loader = loader(bytes, head);
        if (loader != null && existing(loader) == null) {
            findings.add(name + " needs the loader " + loader + ", which the container does not have"
                    + (loader.contains("ld-linux")
                            ? " (it was built for glibc)."
                            : loader.contains("musl") ? " (it was built for musl)." : "."));
        }
    }

    private static String machine(short number) {
        return switch (number) {
            case 62 -> "x86_64";
            case 183 -> "aarch64";
            case 243 -> "riscv64";
            default -> "machine number " + number + " of elf(5)";
        };
    }

    /** Of the program headers' PT_INTERP; null where there is none in the file's first block. */
    private static @Nullable String loader(ByteBuffer bytes, byte[] head) {
        long table = bytes.getLong(32);
        int size = Short.toUnsignedInt(bytes.getShort(54));
        int count = Short.toUnsignedInt(bytes.getShort(56));
        for (int i = 0; i < count && size >= 56; i++) {
            long at = table + (long) i * size;
            if (at < 0 || at + 56 > bytes.limit()) {
                return null;
            }
            if (bytes.getInt((int) at) == PT_INTERP) {
                long offset = bytes.getLong((int) at + 8);
                long length = bytes.getLong((int) at + 32);
                if (offset < 0 || length <= 1 || length > 4096 || offset + length > bytes.limit()) {
                    return null;
                }
                return new String(head, (int) offset, (int) length - 1, StandardCharsets.UTF_8);
            }
        }
        return null;
    }
}
