package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One data root, handed back and forth between Cairn and a stock dockerd: what either stored, the other lists and runs. */
final class StoreWithDockerdIT {
    private static final String DOCKERD = "/usr/sbin/dockerd";

    private Path directory;
    private Path work;

    @BeforeEach
    void makeDirectories() {
        directory = TestDaemon.newDirectory();
        work = TestDaemon.newDirectory();
    }

    @AfterEach
    void deleteDirectories() {
        TestDaemon.deleteTree(directory);
        TestDaemon.deleteTree(work);
    }

    private Path twoLayers(String name) throws IOException {
        Path top = Files.createDirectories(work.resolve("top/etc"));
        Files.writeString(top.resolve("added"), "second layer\n");
        Files.writeString(top.resolve(".wh.group"), "");
        Path busybox = Images.busyboxTar(Files.createDirectories(work.resolve("bb")));
        return Images.archive(
                work,
                name,
                "\"Cmd\":[\"sh\"]",
                List.of(busybox, Images.tar(work.resolve("top"), work.resolve("top.tar"))));
    }

    private static String run(DockerCli docker, String image, String script) {
        return docker.ok("run", "--rm", "--network", "none", "-e", "PATH=/bin", image, "sh", "-c", script);
    }

    private static String describe(DockerCli docker, String image) {
        return docker.inspect(
                image,
                "{{.Id}} {{json .RepoTags}} {{json .RootFS}} {{json .GraphDriver}} {{.Size}} {{json .Config.Cmd}} {{.Created}}");
    }

    /** The stored image, saved again: same layers, byte for byte. */
    private void savesTheSame(DockerCli docker, String image, Path original) {
        Path saved = work.resolve("saved.tar");
        docker.ok("save", "-o", saved.toString(), image);
        String script = "tar -xOf %s --wildcards '%s' | sha256sum";
        for (int layer = 0; layer < 2; layer++) {
            String wanted = Command.run("sh", "-c", script.formatted(original, "*layer" + layer + ".tar"))
                    .ok()
                    .text();
            String members = Command.run("sh", "-c", "tar -tf %s | grep 'layer.tar$\\|blobs/sha256/'".formatted(saved))
                    .ok()
                    .text();
            assertThat(members.lines()
                            .map(member -> Command.run(
                                            "sh", "-c", "tar -xOf %s '%s' | sha256sum".formatted(saved, member))
                                    .text()))
                    .contains(wanted);
        }
    }

    @Test
    void whatCairnStoredDockerdRuns() throws IOException {
        Path archive = twoLayers("made:here");
        String described;
        try (Closing cairn = new Closing(TestDaemon.on(directory, TestDaemon.engine()))) {
            DockerCli docker = cairn.daemon().docker();
            docker.ok("load", "-i", archive.toString());
            docker.ok("import", work.resolve("bb/busybox.tar").toString(), "imported:1");
            docker.ok("tag", "made:here", "also:known-as");
            described = describe(docker, "made:here");
        }
        try (Closing dockerd = new Closing(TestDaemon.on(directory, DOCKERD))) {
            DockerCli docker = dockerd.daemon().docker();
            assertThat(docker.ok("images", "--format", "{{.Repository}}:{{.Tag}}")
                            .lines())
                    .containsExactlyInAnyOrder("made:here", "also:known-as", "imported:1");
            assertThat(describe(docker, "made:here")).isEqualTo(described);
            assertThat(run(docker, "made:here", "cat /etc/added; ls /etc/group 2>/dev/null; true"))
                    .isEqualTo("second layer");
            assertThat(run(docker, "imported:1", "cat /etc/plain")).isEqualTo("not a program");
            savesTheSame(docker, "made:here", archive);
        }
    }

    @Test
    void whatDockerdStoredCairnRuns() throws IOException {
        Path archive = twoLayers("made:there");
        String described;
        try (Closing dockerd = new Closing(TestDaemon.on(directory, DOCKERD))) {
            DockerCli docker = dockerd.daemon().docker();
            docker.ok("load", "-i", archive.toString());
            docker.ok("import", work.resolve("bb/busybox.tar").toString(), "imported:1");
            described = describe(docker, "made:there");
        }
        try (Closing cairn = new Closing(TestDaemon.on(directory, TestDaemon.engine()))) {
            DockerCli docker = cairn.daemon().docker();
            assertThat(docker.ok("images", "--format", "{{.Repository}}:{{.Tag}}")
                            .lines())
                    .containsExactlyInAnyOrder("made:there", "imported:1");
            CrashStore.assertWhole(cairn.daemon());
            assertThat(describe(docker, "made:there")).isEqualTo(described);
            assertThat(run(docker, "made:there", "cat /etc/added; ls /etc/group 2>/dev/null; true"))
                    .isEqualTo("second layer");
            docker.ok("rmi", "imported:1");
        }
        try (Closing dockerd = new Closing(TestDaemon.on(directory, DOCKERD))) {
            assertThat(dockerd.daemon().docker().ok("images", "--format", "{{.Repository}}:{{.Tag}}"))
                    .isEqualTo("made:there");
            savesTheSame(dockerd.daemon().docker(), "made:there", archive);
            dockerd.daemon().docker().ok("rmi", "made:there");
            assertThat(directory.resolve("data/image/overlay2/layerdb/sha256")).isEmptyDirectory();
        }
    }

    @Test
    void dockerdKnowsWhatCairnPulled() throws Exception {
        try (TestRegistry registry = TestRegistry.plain()) {
            RegistryImages.push(registry, RegistryImages.archive(work, "one"), "shared:1");
            RegistryImages.push(registry, RegistryImages.archive(work, "two"), "shared:2");
            String base = RegistryImages.layerDigest(TestRegistry.text(registry.manifest("shared", "1")), 0)
                    .substring(0, 12);
            String one = registry.image("shared:1");
            String two = registry.image("shared:2");
            try (Closing cairn = new Closing(TestDaemon.on(directory, TestDaemon.engine()))) {
                cairn.daemon().docker().ok("pull", one);
            }
            try (Closing dockerd = new Closing(TestDaemon.on(directory, DOCKERD));
                    AutoCloseable beside =
                            registry.servedBeside(dockerd.daemon().pid())) {
                DockerCli docker = dockerd.daemon().docker();
                assertThat(docker.ok("pull", one)).contains("Status: Image is up to date for " + one);
                assertThat(docker.ok("pull", two)).contains(base + ": Already exists");
                assertThat(docker.ok("run", "--rm", "--network", "none", two)).isEqualTo("two");
                docker.ok("tag", one, registry.image("elsewhere:1"));
                assertThat(docker.ok("push", registry.image("elsewhere:1")))
                        .contains(": Mounted from shared")
                        .doesNotContain(": Pushed");
                assertThat(beside).isNotNull();
            }
        }
    }

    @Test
    void cairnKnowsWhatDockerdPulledAndPushesItUnderTheSameDigest() throws Exception {
        try (TestRegistry registry = TestRegistry.plain()) {
            RegistryImages.push(registry, RegistryImages.archive(work, "one"), "shared:1");
            RegistryImages.push(registry, RegistryImages.archive(work, "two"), "shared:2");
            String base = RegistryImages.layerDigest(TestRegistry.text(registry.manifest("shared", "1")), 0)
                    .substring(0, 12);
            String one = registry.image("shared:1");
            String two = registry.image("shared:2");
            try (Closing dockerd = new Closing(TestDaemon.on(directory, DOCKERD));
                    AutoCloseable beside =
                            registry.servedBeside(dockerd.daemon().pid())) {
                DockerCli docker = dockerd.daemon().docker();
                docker.ok("pull", one);
                docker.ok("tag", one, registry.image("theirs:1"));
                docker.ok("push", registry.image("theirs:1"));
                assertThat(beside).isNotNull();
            }
            try (Closing cairn = new Closing(TestDaemon.on(directory, TestDaemon.engine()))) {
                DockerCli docker = cairn.daemon().docker();
                docker.ok("tag", one, registry.image("ours:1"));
                assertThat(docker.ok("push", registry.image("ours:1"))).doesNotContain(": Pushed");
                assertThat(TestRegistry.text(registry.manifest("ours", "1")))
                        .isEqualTo(TestRegistry.text(registry.manifest("theirs", "1")));
                assertThat(docker.ok("pull", one)).contains("Status: Image is up to date for " + one);
                assertThat(docker.ok("pull", two)).contains(base + ": Already exists");
                assertThat(docker.ok("run", "--rm", "--network", "none", two)).isEqualTo("two");
            }
        }
    }

    @Test
    void stoppedContainersChangeHandsToo() throws IOException {
        try (Closing cairn = new Closing(TestDaemon.on(directory, TestDaemon.engine()))) {
            DockerCli docker = cairn.daemon().docker();
            docker.ok("load", "-i", twoLayers("made:here").toString());
            docker.ok(
                    "run",
                    "--name",
                    "kept",
                    "--network",
                    "none",
                    "-e",
                    "PATH=/bin",
                    "made:here",
                    "sh",
                    "-c",
                    "echo once >>/file; cat /file");
        }
        try (Closing dockerd = new Closing(TestDaemon.on(directory, DOCKERD))) {
            DockerCli docker = dockerd.daemon().docker();
            assertThat(docker.ok("ps", "-a", "--format", "{{.Names}}")).isEqualTo("kept");
            assertThat(docker.ok("logs", "kept")).isEqualTo("once");
            assertThat(docker.ok("start", "-a", "kept")).isEqualTo("once\nonce");
        }
        try (Closing cairn = new Closing(TestDaemon.on(directory, TestDaemon.engine()))) {
            DockerCli docker = cairn.daemon().docker();
            CrashStore.assertWhole(cairn.daemon());
            assertThat(docker.ok("start", "-a", "kept")).isEqualTo("once\nonce\nonce");
            docker.ok("rm", "kept");
            CrashStore.assertWhole(cairn.daemon());
        }
    }

    private static final String CHATTER =
            "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; head -c 40000 /dev/zero | tr '\\0' x; echo; echo end >&2";

    private static void chatter(DockerCli docker, String image, String name) {
        docker.ok(
                "run",
                "-d",
                "--name",
                name,
                "--network",
                "none",
                "-e",
                "PATH=/bin",
                "--log-driver",
                "local",
                "--log-opt",
                "max-size=70k",
                image,
                "sh",
                "-c",
                CHATTER);
        docker.ok("wait", name);
    }

    /** All that one sees of a log, in different ways; without the end of the long line, which dockerd 20.10 forgets (later ones do not). */
    private static String heard(DockerCli docker, String name) {
        StringBuilder all = new StringBuilder();
        for (List<String> how : List.of(
                List.of("logs", name),
                List.of("logs", "-t", name),
                List.of("logs", "--tail", "1", name),
                List.of("logs", "--tail", "2500", name))) {
            Command.Result logs = docker.run(how.toArray(String[]::new)).ok();
            all.append(logs.out().replace("x\n", "x"))
                    .append("---\n")
                    .append(logs.err())
                    .append("===\n");
        }
        return all.toString();
    }

    @Test
    void localLogsChangeHandsToo() throws IOException {
        String ours;
        try (Closing cairn = new Closing(TestDaemon.on(directory, TestDaemon.engine()))) {
            DockerCli docker = cairn.daemon().docker();
            docker.ok("load", "-i", twoLayers("made:here").toString());
            chatter(docker, "made:here", "ours");
            ours = heard(docker, "ours");
            assertThat(ours).startsWith("line 0\nline 1\n").contains("x".repeat(40_000) + "---\nend\n");
        }
        String theirs;
        String both;
        try (Closing dockerd = new Closing(TestDaemon.on(directory, DOCKERD))) {
            DockerCli docker = dockerd.daemon().docker();
            assertThat(heard(docker, "ours")).isEqualTo(ours);
            chatter(docker, "made:here", "theirs");
            theirs = heard(docker, "theirs");
            docker.ok("start", "ours");
            docker.ok("wait", "ours");
            both = heard(docker, "ours");
            assertThat(both).hasSizeGreaterThan(ours.length());
        }
        try (Closing cairn = new Closing(TestDaemon.on(directory, TestDaemon.engine()))) {
            DockerCli docker = cairn.daemon().docker();
            assertThat(heard(docker, "theirs")).isEqualTo(theirs);
            assertThat(heard(docker, "ours")).isEqualTo(both);
            docker.ok("start", "theirs");
            docker.ok("wait", "theirs");
            assertThat(docker.ok("logs", "--tail", "3000", "theirs").lines()).contains("line 5", "line 2999");
            docker.ok("rm", "ours", "theirs");
            CrashStore.assertWhole(cairn.daemon());
        }
    }

    @Test
    void whatDockerdBuiltAndCommittedGivesNoAlarmAndChangesHands() throws IOException {
        String described;
        try (Closing dockerd = new Closing(TestDaemon.on(directory, DOCKERD))) {
            DockerCli docker = dockerd.daemon().docker();
            docker.ok("load", "-i", twoLayers("made:there").toString());
            Path context = Files.createDirectories(work.resolve("context"));
            Files.writeString(context.resolve("added"), "by a build\n");
            Files.writeString(context.resolve("Dockerfile"), """
                    FROM made:there
                    ENV PATH=/bin
                    COPY added /etc/built
                    RUN mkdir -p /a/b && ln -s ../etc /a/link && chmod 2750 /a/b && rm /etc/plain
                    """);
            Command.run(
                            Map.of("DOCKER_HOST", "unix://" + dockerd.daemon().socket(), "DOCKER_BUILDKIT", "0"),
                            List.of("docker", "build", "--network", "none", "-t", "built:1", context.toString()),
                            "")
                    .ok();
            docker.ok("run", "--name", "writer", "--network", "none", "built:1", "sh", "-c", "echo x >/etc/written");
            docker.ok("commit", "writer", "committed:1");
            docker.ok("create", "--name", "waiting", "--network", "none", "committed:1", "cat", "/etc/written");
            docker.ok("volume", "create", "some");
            described = describe(docker, "committed:1");
        }
        try (Closing cairn = new Closing(TestDaemon.on(directory, TestDaemon.engine()))) {
            DockerCli docker = cairn.daemon().docker();
            CrashStore.assertWhole(cairn.daemon());
            assertThat(describe(docker, "committed:1")).isEqualTo(described);
            assertThat(docker.ok("start", "-a", "waiting")).isEqualTo("x");
            docker.ok("rm", "writer", "waiting");
            docker.ok("rmi", "committed:1");
            CrashStore.assertWhole(cairn.daemon());
        }
        try (Closing dockerd = new Closing(TestDaemon.on(directory, DOCKERD))) {
            DockerCli docker = dockerd.daemon().docker();
            assertThat(run(docker, "built:1", "cat /etc/built; readlink /a/link"))
                    .isEqualTo("by a build\n../etc");
            docker.ok("rmi", "built:1", "made:there");
            for (String id : docker.ok("images", "-aq").lines().toList()) {
                docker.run("rmi", "-f", id);
            }
            assertThat(directory.resolve("data/image/overlay2/layerdb/sha256")).isEmptyDirectory();
        }
    }

    /** Ends the daemon, and leaves its directory to the next one. */
    private record Closing(TestDaemon daemon) implements AutoCloseable {
        @Override
        public void close() {
            if (daemon.isRunning()) {
                daemon.stop();
            }
        }
    }
}
