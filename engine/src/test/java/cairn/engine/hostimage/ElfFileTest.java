package cairn.engine.hostimage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfFileTest {
    private static final Pattern INTERPRETER = Pattern.compile("Requesting program interpreter: (.*)\\]");
    private static final Pattern DYNAMIC = Pattern.compile("\\((NEEDED|RPATH|RUNPATH)\\).*\\[(.*)\\]");

    /** What readelf(1) says of one file, in our words. */
    private record Told(List<String> interpreter, List<String> needed, List<String> search) {}

    @Test
    void programsReadAsReadelfReadsThem() throws IOException, InterruptedException {
        List<Path> files = new ArrayList<>();
        Map<Path, ElfFile> read = new HashMap<>();
        for (String directory : List.of("/usr/bin", "/usr/sbin", System.getProperty("java.home") + "/bin")) {
            try (Stream<Path> entries = Files.list(Path.of(directory))) {
                for (Path file : entries.filter(Files::isRegularFile).limit(400).toList()) {
                    ElfFile elf = ElfFile.read(file);
                    if (elf != null) {
                        files.add(file);
                        read.put(file, elf);
                    }
                }
            }
        }
        Map<Path, Told> told = readelf(files);
        assertThat(files).hasSizeGreaterThan(50);
        for (Path file : files) {
            ElfFile elf = read.get(file);
            List<String> search = new ArrayList<>(elf.rpath());
            search.addAll(elf.runpath());
            List<String> interpreter = elf.interpreter() == null ? List.of() : List.of(elf.interpreter());
            assertThat(new Told(interpreter, elf.needed(), search))
                    .as(file.toString())
                    .isEqualTo(told.get(file));
        }
    }

    private static Map<Path, Told> readelf(List<Path> files) throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/readelf")), "needs binutils");
        List<String> command = new ArrayList<>(List.of("readelf", "-Wld"));
        files.forEach(file -> command.add(file.toString()));
        Process readelf = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Map<Path, Told> told = new HashMap<>();
        Told now = new Told(List.of(), List.of(), List.of());
        for (String line : readelf.inputReader().lines().toList()) {
            if (line.startsWith("File: ")) {
                now = new Told(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
                told.put(Path.of(line.substring(6)), now);
            }
            Matcher interpreter = INTERPRETER.matcher(line);
            if (interpreter.find()) {
                now.interpreter().add(interpreter.group(1));
            }
            Matcher dynamic = DYNAMIC.matcher(line);
            if (dynamic.find() && dynamic.group(1).equals("NEEDED")) {
                now.needed().add(dynamic.group(2));
            } else if (dynamic.reset().find()) {
                now.search().addAll(List.of(dynamic.group(2).split(":")));
            }
        }
        readelf.waitFor();
        return told;
    }

    @Test
    void brokenFilesAreRefusedAndOthersAreNone(@TempDir Path directory) throws IOException {
        byte[] whole = Files.readAllBytes(Path.of("/bin/cat"));
        Path file = directory.resolve("file");
        for (int length : new int[] {64, 100, 700, 5000}) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> ElfFile.read(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("broken");
        }
        Files.writeString(file, "#!/bin/sh\n" + "#".repeat(100));
        assertThat(ElfFile.read(file)).isNull();
        Files.write(file, new byte[] {0x7f, 'E', 'L', 'F'});
        assertThat(ElfFile.read(file)).isNull();
        byte[] narrow = whole.clone();
        narrow[4] = 1;
        Files.write(file, narrow);
        assertThatThrownBy(() -> ElfFile.read(file)).hasMessageContaining("64-bit");
    }

    @Test
    void noFlippedBitMakesItFailOtherwiseThanByAnIoException(@TempDir Path directory) throws IOException {
        byte[] whole = Files.readAllBytes(Path.of("/bin/cat"));
        Path file = directory.resolve("file");
        java.util.Random random = new java.util.Random(7);
        for (int round = 0; round < 300; round++) {
            byte[] bent = whole.clone();
            for (int i = 0; i < 8; i++) {
                bent[random.nextInt(1024)] = (byte) random.nextInt();
            }
            Files.write(file, bent);
            try {
                ElfFile.read(file);
            } catch (IOException expected) {
                assertThat(expected).hasMessageContaining(file.toString());
            }
        }
    }
}
