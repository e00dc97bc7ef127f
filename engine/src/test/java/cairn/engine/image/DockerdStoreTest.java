package cairn.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.engine.layer.OverlayMount;
import cairn.engine.layer.ReadWriteLayer;
import cairn.engine.layer.StoreFixture;
import cairn.engine.layer.Tar;
import cairn.engine.store.DataRoot;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.ImageConfig;
import cairn.oci.Platform;
import cairn.oci.Reference;
import cairn.oci.RunConfig;
import cairn.oci.tar.TarEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A stock dockerd as the oracle of the store: it lists, inspects, runs and saves what was written here, and what it writes is
 * read here. It runs with a root of its own, in a mount namespace of its own, without any network.
 */
class DockerdStoreTest {
    private static final Path BUSYBOX = Path.of("/bin/busybox");

    Path temporary;
    Path data;

    @BeforeEach
    void needsDockerd() throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/sbin/dockerd")), "needs dockerd");
        Assumptions.assumeTrue(Files.isExecutable(BUSYBOX), "needs a static busybox");
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")), "needs root");
        temporary = Files.createTempDirectory("cairn-dockerd-").toRealPath();
        data = temporary.resolve("data");
    }

    @AfterEach
    void delete() {
        if (temporary != null) {
            StoreFixture.delete(temporary);
        }
    }

    /** One store of ours, opened for a while. */
    private record Ours(DataRoot root, Layers layers, Images images) implements AutoCloseable {
        static Ours open(Path data) {
            DataRoot root = DataRoot.open(data);
            Layers layers = new Layers(root);
            Images images = new Images(root, layers, (action, id, name, labels) -> {}, Clock.systemUTC(), "test");
            return new Ours(root, layers, images);
        }

        @Override
        public void close() {
            layers.close();
            root.close();
        }
    }

    /** One run of a dockerd on the store. */
    private final class Dockerd implements AutoCloseable {
        private final Process process;
        private final Path log = temporary.resolve("dockerd.log");

        Dockerd() throws Exception {
            process = new ProcessBuilder(
                            "unshare",
                            "-m",
                            "--propagation",
                            "private",
                            "dockerd",
                            "--data-root",
                            data.toString(),
                            "--exec-root",
                            temporary.resolve("exec").toString(),
                            "--pidfile",
                            temporary.resolve("pid").toString(),
                            "-H",
                            socket(),
                            "--storage-driver",
                            "overlay2",
                            "--log-level",
                            "error",
                            "--bridge=none",
                            "--iptables=false",
                            "--ip-masq=false")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            for (int i = 0; i < 300 && run(List.of("docker", "-H", socket(), "version")).status != 0; i++) {
                assertThat(process.isAlive())
                        .as(() -> "dockerd lives: " + read(log))
                        .isTrue();
                Thread.sleep(100);
            }
        }

        private String socket() {
            return "unix://" + temporary.resolve("docker.sock");
        }

        /** The output of a docker command that has to succeed, without its last line end. */
        String docker(String... arguments) throws Exception {
            List<String> command = new ArrayList<>(List.of("docker", "-H", socket()));
            command.addAll(List.of(arguments));
            Result result = run(command);
            assertThat(result.status)
                    .as(() -> command + ": " + result.output + read(log))
                    .isZero();
            return result.output.strip();
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }

    private record Result(int status, String output) {}

    private static Result run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static byte[] rootFilesystem() throws IOException {
        byte[] busybox = Files.readAllBytes(BUSYBOX);
        Tar tar = new Tar()
                .directory("./")
                .directory("./bin")
                .write(TarEntry.file("./bin/busybox", 0755, busybox.length, 1_600_000_000), busybox);
        for (String name : List.of("sh", "ls", "cat", "stat", "true")) {
            tar.symlink("./bin/" + name, "busybox");
        }
        return tar.directory("./etc", 0750)
                .file("./etc/hosts", "image's own")
                .directory("./gone")
                .file("./gone/deep", "x")
                .directory("./opaque")
                .file("./opaque/below", "x")
                .file("./replaced", "below")
                .symlink("./dev", "/tmp")
                .bytes();
    }

    private static Image importMade(Ours ours) throws IOException {
        return ours.images.importTar(
                new ByteArrayInputStream(rootFilesystem()),
                Reference.parseNormalized("made:1"),
                "Imported from -",
                RunConfig.empty().withCmd(List.of("sh")).withEnv(List.of("PATH=/bin", "A=b")),
                new Platform("linux", "amd64", null));
    }

    private static Image stackMade(Ours ours, Image base) throws IOException {
        byte[] tar = new Tar()
                .file(".wh.gone", "")
                .file("opaque/.wh..wh..opq", "")
                .file("opaque/above", "y")
                .file("replaced", "above")
                .bytes();
        Layer layer = ours.layers.unpack(base.chainId(), new ByteArrayInputStream(tar), null);
        List<DiffId> diffIds = new ArrayList<>(base.config().diffIds());
        diffIds.add(layer.diffId());
        List<ImageConfig.History> history =
                new ArrayList<>(base.config().content().history());
        history.add(new ImageConfig.History(Clock.systemUTC().instant(), "sh -c rm", null, null, false));
        ImageConfig config = ImageConfig.create(new ImageConfig.Content(
                Clock.systemUTC().instant(),
                null,
                "amd64",
                null,
                "linux",
                null,
                base.config().config(),
                null,
                diffIds,
                history,
                null,
                "test",
                null,
                null));
        return ours.images.create(config, base.id(), Reference.parseNormalized("example.com/team/stacked:v2"));
    }

    @Test
    void whatIsMadeHereWorksThereAndTheOtherWayRound() throws Exception {
        Image made;
        Image stacked;
        String madeData;
        try (Ours ours = Ours.open(data)) {
            made = importMade(ours);
            stacked = stackMade(ours, made);
            madeData = ours.layers.graphDriver(stacked.chainId()).toMap().toString();
        }

        String theirId;
        String container;
        try (Dockerd dockerd = new Dockerd()) {
            assertThat(dockerd.docker("images", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}")
                            .lines())
                    .containsExactlyInAnyOrder("made:1 " + made.id(), "example.com/team/stacked:v2 " + stacked.id());
            String inspect =
                    "{{.Parent}} {{.Size}} {{.GraphDriver.Data.LowerDir}} {{.GraphDriver.Data.UpperDir}} {{json .RootFS.Layers}}";
            assertThat(dockerd.docker("inspect", "--format", inspect, "example.com/team/stacked:v2"))
                    .startsWith(made.id() + " " + stacked.size() + " ")
                    .endsWith("[\"" + stacked.config().diffIds().get(0) + "\",\""
                            + stacked.config().diffIds().get(1) + "\"]");
            String[] directories = dockerd.docker("inspect", "--format", inspect, "example.com/team/stacked:v2")
                    .split(" ");
            assertThat(madeData).contains("LowerDir=" + directories[2], "UpperDir=" + directories[3]);
            assertThat(dockerd.docker("history", "-q", "--no-trunc", "example.com/team/stacked:v2")
                            .lines())
                    .containsExactly(stacked.id().toString(), made.id().toString());

            String script = "ls /gone 2>&1; ls /opaque; cat /replaced; echo; stat -c '%a' /etc; echo $A";
            assertThat(dockerd.docker(
                                    "run",
                                    "--rm",
                                    "--network",
                                    "none",
                                    "example.com/team/stacked:v2",
                                    "sh",
                                    "-c",
                                    script)
                            .lines())
                    .containsExactly("ls: /gone: No such file or directory", "above", "above", "750", "b");

            // Only with a good tar-split record can it write the very bytes that the digests name.
            dockerd.docker("save", "-o", temporary.resolve("saved.tar").toString(), "example.com/team/stacked:v2");

            Path tar = Files.write(temporary.resolve("root.tar"), rootFilesystem());
            theirId = dockerd.docker("import", "-c", "CMD [\"sh\"]", tar.toString(), "theirs:1");
            dockerd.docker("tag", "made:1", "renamed:1");
            container = dockerd.docker("create", "--name", "kept", "--network", "none", "theirs:1", "true");
        }

        try (Ours ours = Ours.open(data)) {
            Image theirs = ours.images.get("theirs:1");
            assertThat(theirs.id()).hasToString(theirId);
            assertThat(theirs.config().config().cmd()).containsExactly("sh");
            assertThat(ours.images.get("renamed:1").id()).isEqualTo(made.id());
            assertThat(ours.images.list()).hasSize(3);
            ByteArrayOutputStream tar = new ByteArrayOutputStream();
            ours.layers.tar(theirs.chainId(), tar);
            assertThat(new DiffId(Digest.sha256(tar.toByteArray())))
                    .isEqualTo(theirs.config().diffIds().getFirst());
            // The same bytes in give the same layer out.
            assertThat(theirs.chainId()).isEqualTo(made.chainId());

            ReadWriteLayer theirLayer = ours.layers.readWrite().find(container);
            String mine = "f".repeat(64);
            ReadWriteLayer ourLayer = ours.layers.readWrite().create(mine, theirs.chainId(), true);
            assertThat(tree(ourLayer.initDirectory())).isEqualTo(tree(theirLayer.initDirectory()));
            assertMounts(ours.layers.readWrite().overlayMount(mine, false), ourLayer);
            ours.layers.readWrite().remove(mine);

            List<Loaded> loaded = ours.images.load(
                    Files.newInputStream(temporary.resolve("saved.tar")), null, (diffId, current, total) -> {});
            assertThat(loaded)
                    .containsExactly(
                            new Loaded(stacked.id(), Reference.parseNormalized("example.com/team/stacked:v2"), null));
            assertThat(ours.images.remove("renamed:1", false, false, image -> List.of()))
                    .hasSize(1);
            try (var archive = Files.newOutputStream(temporary.resolve("ours.tar"))) {
                ours.images.save(List.of("example.com/team/stacked:v2"), archive);
            }
            ours.root.trash().drain();
        }

        try (Dockerd dockerd = new Dockerd()) {
            assertThat(dockerd.docker("images", "--format", "{{.Repository}}:{{.Tag}}")
                            .lines())
                    .containsExactlyInAnyOrder("made:1", "example.com/team/stacked:v2", "theirs:1");
            dockerd.docker("start", "-a", "kept");
            dockerd.docker("rm", "kept");
            dockerd.docker("rmi", "example.com/team/stacked:v2", "made:1", "theirs:1");
            assertThat(dockerd.docker(
                            "load", "-i", temporary.resolve("ours.tar").toString()))
                    .contains("Loaded image: example.com/team/stacked:v2");
            assertThat(dockerd.docker("images", "--no-trunc", "-q"))
                    .isEqualTo(stacked.id().toString());
        }
    }

    /** Names, modes, links and sizes, without what only a mount has made. */
    private static List<String> tree(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            List<String> names = new ArrayList<>();
            for (Path path : all.sorted().toList()) {
                String name = directory.relativize(path).toString();
                if (!name.startsWith("work/")) {
                    var facts =
                            Files.readAttributes(path, "unix:mode,uid,gid", java.nio.file.LinkOption.NOFOLLOW_LINKS);
                    names.add(name + " " + Integer.toOctalString((int) facts.get("mode")) + " " + facts.get("uid") + " "
                            + facts.get("gid"));
                }
            }
            return names;
        }
    }

    /** mount(8) in a namespace of its own takes the data as it stands, and the kernel shows the line that dockerd's mounts have. */
    private static void assertMounts(OverlayMount mount, ReadWriteLayer layer) throws Exception {
        String script =
                "mount -t overlay overlay -o \"$1\" \"$2\" && cat \"$2\"/replaced && echo && ls \"$2\"/dev && grep \"^overlay $2 \" /proc/mounts";
        Result result = run(List.of(
                "unshare", "-m", "--propagation", "private", "sh", "-c", script, "sh", mount.data(), mount.target()));
        assertThat(result.output.lines())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("below"),
                        line -> assertThat(line).isEqualTo("console"),
                        line -> assertThat(line).isEqualTo("pts"),
                        line -> assertThat(line).isEqualTo("shm"),
                        line -> assertThat(line)
                                .isEqualTo("overlay " + mount.target() + " overlay rw,relatime,"
                                        + mount.data().replace("index=off,", "") + " 0 0"));
        assertThat(layer.merged()).isEmptyDirectory();
    }
}
