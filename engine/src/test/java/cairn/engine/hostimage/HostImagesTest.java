package cairn.engine.hostimage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.image.Image;
import cairn.engine.image.Images;
import cairn.engine.layer.StoreFixture;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.wire.lab.FromHostResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostImagesTest {
    private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/\\S+) \\(0x");

    StoreFixture store;
    Images images;
    HostImages hostImages;

    @BeforeEach
    void open() throws IOException {
        store = new StoreFixture();
        images = new Images(store.root(), store.layers(), (action, id, name, labels) -> {}, Clock.systemUTC(), "test");
        hostImages = new HostImages(store.root(), store.layers(), images, Clock.systemUTC(), "test");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Path rootOf(FromHostResponse made) {
        Image image = images.get(made.id());
        return store.layers().chain(image.chainId()).getFirst().diff();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
        return output;
    }

    @Test
    void theUsualImageIsARootThatOneCanEnter() throws IOException, InterruptedException {
        FromHostResponse made = hostImages.fromHost("host", List.of());
        Path root = rootOf(made);
        assertThat(made.name()).isEqualTo("host:latest");
        assertThat(made.programs()).contains("/usr/bin/bash", "/usr/bin/ls");

        String output = run("chroot", root.toString(), "/bin/bash", "-c", "ls /; id; cat /etc/passwd");
        assertThat(output).contains("uid=0(root) gid=0(root)", "tmp\nusr\n", "root:x:0:0");
        // -n: bash reads everything it starts with, terminal descriptions too, and runs nothing.
        run("chroot", root.toString(), "/usr/bin/env", "TERM=xterm", "bash", "-i", "-n", "-c", "true");

        for (String program : made.programs()) {
            Process process = new ProcessBuilder("chroot", root.toString(), program, "--version")
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as("%s: %s", program, text).isNotIn(126, 127);
            assertThat(text).as(program).doesNotContain("error while loading shared libraries");
        }
        Image image = images.get("host");
        assertThat(image.config().config().cmd()).containsExactly("bash");
        assertThat(image.config().content().history().getFirst().createdBy()).startsWith("from-host bash sh [ ");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("tmp"))))
                .isEqualTo("rwxrwxrwx");
        assertThat((int) Files.getAttribute(root.resolve("tmp"), "unix:mode") & 01777)
                .isEqualTo(01777);
    }

    @Test
    void everyLibraryThatLddNamesIsThere() throws IOException, InterruptedException {
        FromHostResponse made = hostImages.fromHost("host", List.of());
        try (InRoot root = InRoot.open(rootOf(made))) {
            List<String> absent = new ArrayList<>();
            for (String program : made.programs()) {
                Process ldd = new ProcessBuilder("ldd", program)
                        .redirectErrorStream(true)
                        .start();
                Matcher library =
                        LIBRARY.matcher(new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                while (library.find()) {
                    FileStatus status = root.status(library.group(1));
                    if (status == null || status.size() != Files.size(Path.of(library.group(1)))) {
                        absent.add(program + " " + library.group(1));
                    }
                }
                ldd.waitFor();
            }
            assertThat(absent).isEmpty();
        }
    }

    @Test
    void equalProgramsMakeTheSameLayer() {
        FromHostResponse first = hostImages.fromHost("first", List.of("cat", "ls"));
        FromHostResponse second = hostImages.fromHost("second", List.of("ls", "cat"));
        assertThat(images.get(second.id()).chainId())
                .isEqualTo(images.get(first.id()).chainId());
        assertThat(images.get("second").config().config().cmd()).containsExactly("ls");
    }

    @Test
    void scriptsBringTheirInterpreters() throws IOException, InterruptedException {
        Path script = Files.writeString(
                store.temporary().resolve("greet"), "#!/usr/bin/env -S LANG=C bash\necho hello from $(basename $0)\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        FromHostResponse made = hostImages.fromHost("script", List.of(script.toString(), "basename"));
        assertThat(run("chroot", rootOf(made).toString(), "/usr/bin/env", "PATH=/usr/bin", script.toString()))
                .isEqualTo("hello from greet\n");
        assertThat(images.get("script").config().config().env().getFirst()).endsWith(":" + store.temporary());
    }

    @Test
    void librariesAreFoundBesideTheProgramThatSaysSo() throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java").toRealPath();
        FromHostResponse made = hostImages.fromHost("java", List.of(java.toString()));
        Path library = java.resolveSibling("../lib/libjli.so").normalize();
        assertThat(rootOf(made).resolve(library.toString().substring(1))).exists();
    }

    @Test
    void aMissingProgramLeavesNothingBehind() {
        assertThatThrownBy(() -> hostImages.fromHost("none", List.of("bash", "no-such-program")))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.problem())
                                .isEqualTo(new Problem.InvalidParameter(
                                        "no such program on this machine: no-such-program")));
        assertThatThrownBy(() -> hostImages.fromHost("UPPER", List.of("bash"))).isInstanceOf(EngineException.class);
        assertThat(images.list()).isEmpty();
        store.assertEmpty();
    }
}
