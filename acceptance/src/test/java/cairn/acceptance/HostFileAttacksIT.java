package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.hostile.RawTar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Numbered attacks by way of what the daemon does with files: copies, volumes, logs, deletion, its own directories. */
final class HostFileAttacksIT {
    private static final boolean LONG = System.getenv("CAIRN_LONG") != null;
    private static final String PATH = "ENV PATH=/bin";
    private static final String SECRET = "of the host only";
    private static final List<String> CODERS =
            List.of("xz", "unxz", "unpigz", "pigz", "gzip", "gunzip", "zstd", "bzip2", "bunzip2", "tar");

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;
    private static Path canary;

    @BeforeAll
    static void start() throws IOException {
        TestDaemon.onlyCairn("old engines lose some of these");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        work = TestDaemon.newDirectory();
        canary = Files.createDirectory(work.resolve("canary"));
        Files.writeString(canary.resolve("secret"), SECRET + "\n");
        Files.setPosixFilePermissions(canary.resolve("secret"), PosixFilePermissions.fromString("rw-r-----"));
        Path root = Images.busyboxRoot(work);
        Images.compile("attacker", root);
        Images.importTree(docker, root, "box", PATH);
        poison(root);
        Images.importTree(docker, root, "poisoned", PATH);
    }

    /** Whoever runs a program of this image, or loads a library of it, leaves a trace on the host. */
    private static void poison(Path root) throws IOException {
        Path source = work.resolve("poison.c");
        Files.writeString(
                source,
                "#include <fcntl.h>\n#include <stdlib.h>\n"
                        + "__attribute__((constructor)) static void act(void) { creat(\"" + work
                        + "/acted\", 0600); }\n"
                        + "int main(void) { return 1; }\n");
        Path program = work.resolve("program");
        Path library = work.resolve("library");
        Command.run("musl-gcc", "-static", "-o", program.toString(), source.toString())
                .ok();
        Command.run("gcc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
                .ok();
        for (String directory : List.of("bin", "usr/bin", "usr/sbin", "sbin")) {
            Files.createDirectories(root.resolve(directory));
            for (String coder : CODERS) {
                Files.deleteIfExists(root.resolve(directory).resolve(coder));
                Files.copy(program, root.resolve(directory).resolve(coder));
            }
        }
        for (String directory :
                List.of("lib", "lib64", "usr/lib", "lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu")) {
            Files.createDirectories(root.resolve(directory));
            for (String name : List.of(
                    "libnss_files.so.2", "libnss_compat.so.2", "libnss_dns.so.2", "libc.so.6", "liblzma.so.5")) {
                Files.copy(library, root.resolve(directory).resolve(name));
            }
        }
        Files.writeString(root.resolve("etc/nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n");
        Files.writeString(root.resolve("etc/ld.so.preload"), "/lib/libnss_files.so.2\n");
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            daemon.close();
            TestDaemon.deleteTree(work);
        }
    }

    @AfterEach
    void theHostIsWhatItWas() throws IOException {
        daemon.removeContainers();
        assertThat(canary.resolve("secret")).hasContent(SECRET + "\n");
        assertThat(mode(canary.resolve("secret"))).isEqualTo("rw-r-----");
        assertThat(canary.toFile().list()).containsExactly("secret");
        assertThat(work.resolve("acted")).doesNotExist();
        assertThat(LeakLedger.mountsBelow(work)).isEmpty();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static String out(Path path) {
        return "/../../../../../../../.." + path;
    }

    private static Api.Response put(String container, String path, byte[] archive) {
        return daemon.api()
                .request(
                        "PUT",
                        "/containers/" + container + "/archive?path=" + path,
                        Map.of("Content-Type", "application/x-tar"),
                        archive);
    }

    private static byte[] coded(String coder, byte[] archive) throws IOException {
        Path file = Files.write(work.resolve("plain"), archive);
        Command.run("sh", "-c", coder + " <" + file + " >" + work + "/coded").ok();
        return Files.readAllBytes(work.resolve("coded"));
    }

    private static void racer(String... mounts) {
        List<String> words = new ArrayList<>(List.of("run", "-d", "--name", "racer", "--network", "none"));
        words.addAll(List.of(mounts));
        words.addAll(List.of(
                "box",
                "sh",
                "-c",
                "mkdir -p /v/at" + canary + "; echo inside >/v/at/secret; ln -s " + out(canary)
                        + " /v/evil; exec /attacker exchange /v/at /v/evil"));
        docker.ok(words.toArray(String[]::new));
        Wait.until(
                Command.PATIENCE,
                () -> "the racer",
                () -> docker.ok("logs", "racer").contains("ready"));
    }

    // ---- copies

    /** With a container's own root: CopyIT. */
    @Test
    void cve202641568AndCve202642306CopiesStayInAVolumeWhoseLinksAreSwapped() {
        byte[] archive = new RawTar()
                .directory("deep/")
                .file("deep/new", "from a user\n")
                .end();
        int rounds = LONG ? 2000 : 100;
        int met = 0;
        racer("-v", "raced:/v");
        for (int round = 0; round < rounds; round++) {
            Api.Response written = put("racer", "/v/at", archive);
            assertThat(written.status()).as(written.text()).isIn(200, 400, 404);
            Api.Response got = daemon.api().get("/containers/racer/archive?path=/v/at/secret");
            assertThat(got.text()).doesNotContain(SECRET);
            met += written.status() == 200 ? 1 : 0;
        }
        docker.ok("rm", "-f", "racer");
        docker.ok("volume", "rm", "raced");
        assertThat(met).as("a race that is always lost shows nothing").isPositive();
    }

    @Test
    void cve201914271AndCve202641567NothingOfAContainerIsRunOrLoadedByTheEngine() throws IOException {
        docker.ok("create", "--name", "poisoned", "--network", "none", "poisoned", "sleep", "100");
        byte[] archive = new RawTar().file("uploaded", "x").end();
        for (String state : List.of("created", "running")) {
            for (String coder : List.of("cat", "gzip", "xz", "bzip2", "zstd")) {
                Api.Response written = put("poisoned", "/tmp", coded(coder, archive));
                assertThat(written.status())
                        .as("%s %s: %s", state, coder, written.text())
                        .isEqualTo(200);
            }
            assertThat(daemon.api()
                            .get("/containers/poisoned/archive?path=/etc")
                            .status())
                    .isEqualTo(200);
            docker.ok("start", "poisoned");
        }
        assertThat(docker.ok("exec", "-u", "user", "poisoned", "id", "-u")).isEqualTo("1000");
        docker.ok("export", "-o", work.resolve("exported.tar").toString(), "poisoned");
        docker.ok("commit", "poisoned", "committed");
        docker.ok("diff", "poisoned");
        Files.delete(work.resolve("exported.tar"));
    }

    @Test
    void cve202141089AModeInAnArchiveReachesNoFileBehindALink() {
        docker.ok("create", "--name", "target", "--network", "none", "box", "true");
        for (String link : List.of(
                canary.toString() + "/secret", out(canary) + "/secret", "../../../../.." + canary + "/secret")) {
            // The link, then a directory, file and hard link in its place, or through it.
            for (byte[] archive : List.of(
                    new RawTar().symlink("l", link).directory("l").end(),
                    new RawTar().symlink("l", link).executable("l", new byte[0]).end(),
                    new RawTar()
                            .symlink("l", link)
                            .hardLink("h", "l")
                            .executable("h", new byte[0])
                            .end(),
                    new RawTar()
                            .symlink("l", out(canary))
                            .executable("l/secret", new byte[0])
                            .end(),
                    new RawTar().symlink("l", out(canary)).directory("l/").end())) {
                assertThat(put("target", "/tmp", archive).status()).isIn(200, 400, 404);
            }
        }
    }

    // ---- volumes

    @Test
    void cve202223648VolumesAreFilledFromTheImageAlone() throws IOException {
        Path root = Images.busyboxRoot(Files.createTempDirectory(work, "volume"));
        Files.createSymbolicLink(root.resolve("leak"), Path.of(out(canary)));
        Files.createSymbolicLink(root.resolve("absolute"), canary);
        Path tar = Images.tar(root, work.resolve("volume.tar"));
        for (String path : List.of("/leak", "/absolute", "/leak/../../.." + canary, "/../../.." + canary)) {
            docker.ok("import", "-c", "ENV PATH=/bin", "-c", "VOLUME " + path, tar.toString(), "leaky");
            Command.Result result = docker.run(
                    "run", "--rm", "--network", "none", "leaky", "sh", "-c", "cat " + path + "/* /proc/mounts");
            assertThat(result.out()).doesNotContain(SECRET);
        }
    }

    // ---- directories of the daemon

    @Test
    void cve202141091AndCve202141103AndCve202425621TheDataRootIsClosedAndClosedAgain() throws IOException {
        docker.ok("run", "-d", "--name", "there", "--network", "none", "-v", "kept:/k", "box", "sleep", "1000");
        // The test's own directory would hide what is to be seen.
        Files.setPosixFilePermissions(daemon.directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
        try {
            List<String> places = List.of("", "containers", "overlay2", "overlay2/l", "volumes", "image", "cairn");
            for (String place : places) {
                Files.setPosixFilePermissions(
                        daemon.dataRoot().resolve(place), PosixFilePermissions.fromString("rwxrwxrwx"));
            }
            daemon.restart();
            String stranger = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
            String walked = Command.run(
                            "sh", "-c", stranger + "find " + daemon.dataRoot() + " " + daemon.execRoot() + " 2>&1")
                    .out();
            assertThat(walked.lines().filter(line -> !line.contains("Permission denied")))
                    .containsExactlyInAnyOrder(
                            daemon.dataRoot().toString(), daemon.execRoot().toString());
            // Each on its own, for a root may be opened by its owner.
            String id = docker.inspect("there", "{{.Id}}");
            Path layer = Path.of(docker.inspect("there", "{{.GraphDriver.Data.UpperDir}}"))
                    .getParent();
            assertThat(mode(daemon.dataRoot())).isEqualTo("rwx--x---");
            assertThat(mode(daemon.dataRoot().resolve("containers"))).isEqualTo("rwx--x---");
            assertThat(mode(daemon.dataRoot().resolve("containers/" + id))).isEqualTo("rwx--x---");
            assertThat(mode(daemon.dataRoot().resolve("overlay2"))).isEqualTo("rwx--x---");
            assertThat(mode(layer)).isEqualTo("rwx--x---");
            assertThat(mode(layer.resolve("work"))).isEqualTo("rwx------");
            assertThat(mode(daemon.dataRoot().resolve("overlay2/l"))).isEqualTo("rwx------");
            assertThat(mode(daemon.dataRoot().resolve("volumes"))).isEqualTo("rwx-----x");
            assertThat(mode(daemon.execRoot())).isEqualTo("rwx------");
        } finally {
            Files.setPosixFilePermissions(daemon.directory(), PosixFilePermissions.fromString("rwx------"));
        }
        docker.ok("rm", "-fv", "there");
        docker.ok("volume", "rm", "kept");
    }

    /** What is mounted in a container's layer is not the container's, and is not walked into. */
    @Test
    void removalDoesNotWalkIntoMounts() throws IOException {
        docker.ok("run", "--name", "walked", "--network", "none", "box", "mkdir", "-p", "/sub/deep");
        Path upper = Path.of(docker.inspect("walked", "{{.GraphDriver.Data.UpperDir}}"));
        Path inside = upper.resolve("sub/deep");
        Command.run("mount", "--bind", canary.toString(), inside.toString()).ok();
        try {
            docker.run("rm", "-f", "walked");
            Wait.pause(Duration.ofMillis(500));
            assertThat(canary.resolve("secret")).hasContent(SECRET + "\n");
        } finally {
            Command.run(
                            "sh",
                            "-c",
                            "grep ' " + daemon.dataRoot()
                                    + ".*/sub/deep ' /proc/self/mountinfo | cut -d' ' -f5 | xargs umount -l")
                    .ok();
        }
        docker.run("rm", "-f", "walked");
        assertThat(docker.ok("ps", "-aq")).isEmpty();
        daemon.restart();
        Wait.until(
                Command.PATIENCE,
                () -> "the trash to be emptied",
                () -> isEmpty(daemon.dataRoot().resolve("cairn/trash")));
        assertThat(upper).doesNotExist();
    }

    private static boolean isEmpty(Path directory) {
        try (Stream<Path> children = Files.list(directory)) {
            return children.findAny().isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aLogIsNotWrittenThroughALink() throws IOException {
        docker.ok("run", "--name", "talker", "--network", "none", "box", "echo", "before");
        Path log = Path.of(docker.inspect("talker", "{{.LogPath}}"));
        Files.delete(log);
        Files.createSymbolicLink(log, canary.resolve("secret"));
        Command.Result started = docker.run("start", "-a", "talker");
        assertThat(started.exit()).as(started.toString()).isNotZero();
        assertThat(started.err()).contains(log.toString());
        Files.delete(log);
        assertThat(docker.ok("start", "-a", "talker")).isEqualTo("before");
        assertThat(new String(Files.readAllBytes(log), StandardCharsets.UTF_8)).contains("before");
    }
}
