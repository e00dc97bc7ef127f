package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Images come in by import and load, carry names, are listed, described, and leave. */
final class ImagesIT {
    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;
    private static Path busybox;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        work = TestDaemon.newDirectory();
        busybox = Images.busyboxTar(work);
    }

    @AfterAll
    static void end() {
        daemon.close();
        TestDaemon.deleteTree(work);
    }

    @AfterEach
    void removeAll() {
        daemon.removeContainers();
        for (String id : docker.run("images", "-aq", "--no-trunc").lines()) {
            docker.run("rmi", "-f", id);
        }
    }

    /** Two layers: the busybox root, and one that adds, replaces and deletes. */
    private static Path twoLayers(String name) throws IOException {
        Path top = Files.createDirectories(work.resolve("top/etc"));
        Files.writeString(top.resolve("added"), "from the second layer\n");
        Files.writeString(top.resolve("plain"), "replaced\n");
        Files.writeString(top.resolve(".wh.group"), "");
        Path tar = Images.tar(work.resolve("top"), work.resolve("top.tar"));
        TestDaemon.deleteTree(work.resolve("top"));
        Path archive = Images.archive(work, name, "\"Cmd\":[\"sh\"],\"Env\":[\"PATH=/bin\"]", List.of(busybox, tar));
        TestDaemon.deleteTree(work.resolve("archive"));
        return archive;
    }

    @Test
    void anImageForAnotherPlatformIsNotTakenForTheOneThatIsAskedFor() {
        String tar = busybox.toString();
        docker.ok("import", "--platform", "linux/arm64", tar, "arm:1");
        assertThat(docker.inspect("arm:1", "{{.Os}} {{.Architecture}}")).isEqualTo("linux arm64");
        String archive = work.resolve("arm.tar").toString();
        docker.ok("save", "--platform", "linux/arm64", "-o", archive, "arm:1");
        assertThat(docker.ok("load", "--platform", "linux/arm64", "-i", archive))
                .isEqualTo("Loaded image: arm:1");
        for (String verb : List.of("save", "history", "push", "image inspect", "load")) {
            List<String> words = new ArrayList<>(List.of(verb.split(" ")));
            words.addAll(List.of("--platform", "linux/amd64"));
            words.addAll(verb.equals("load") ? List.of("-i", archive) : List.of("arm:1"));
            assertThat(docker.run(words.toArray(String[]::new)).fails(1).err())
                    .as(verb)
                    .contains("arm:1 was found but its platform (linux/arm64", "does not match the specified platform");
        }
        assertThat(docker.run("import", "--platform", "a/b/c/d", tar, "other:1")
                        .fails(1)
                        .err())
                .contains("\"a/b/c/d\": cannot parse platform specifier: invalid argument");
        assertThat(docker.run("import", "--platform", "windows/amd64", tar, "other:1")
                        .fails(1)
                        .err())
                .contains("operating system is not supported: windows");
    }

    /** The rest of what the client sends is read, or it may not look for the answer. */
    @Test
    void anImportThatIsRefusedSaysWhyHoweverMuchIsSent() throws IOException {
        Path large = Files.write(work.resolve("large"), new byte[20_000_000]);
        for (int i = 0; i < 10; i++) {
            assertThat(docker.run("import", "-c", "ENV a", large.toString(), "never:1")
                            .fails(1)
                            .err())
                    .isEqualTo("Error response from daemon: ENV must have two arguments\n");
        }
        Files.delete(large);
    }

    @Test
    void rowsOfTheListFollowEveryChange() {
        docker.ok("import", busybox.toString(), "rows:1");
        String format = "{{.Repository}}:{{.Tag}}";
        assertThat(docker.ok("images", "--format", format)).isEqualTo("rows:1");
        docker.ok("tag", "rows:1", "rows:2");
        assertThat(docker.run("images", "--format", format).ok().lines()).containsExactly("rows:1", "rows:2");
        docker.ok("create", "--name", "user", "--network", "none", "rows:1", "true");
        assertThat(list()).contains("\"Containers\":1,");
        docker.ok("rm", "user");
        assertThat(list()).contains("\"Containers\":0,");
        docker.ok("rmi", "rows:1");
        assertThat(docker.ok("images", "--format", format)).isEqualTo("rows:2");
        docker.ok("rmi", "rows:2");
        assertThat(list()).isEqualTo("[]");
    }

    private static String list() {
        return daemon.api()
                .request("GET", "/v1.51/images/json", Map.of(), new byte[0])
                .text();
    }

    @Test
    void importTakesAnArchiveFromAWebServer() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/busybox.tar", exchange -> {
            exchange.sendResponseHeaders(200, Files.size(busybox));
            try (OutputStream out = exchange.getResponseBody()) {
                Files.copy(busybox, out);
            }
        });
        server.start();
        try {
            String host = "http://127.0.0.1:" + server.getAddress().getPort();
            Result done =
                    docker.run("import", host + "/busybox.tar", "remote:1").ok();
            assertThat(done.lines().getFirst()).isEqualTo("Downloading from " + host + "/busybox.tar");
            assertThat(done.lines().getLast()).isEqualTo(docker.inspect("remote:1", "{{.Id}}"));
            assertThat(docker.ok("history", "--format", "{{.Comment}}", "remote:1"))
                    .isEqualTo("Imported from " + host + "/busybox.tar");
            assertThat(docker.ok("run", "--rm", "--network", "none", "remote:1", "/bin/echo", "here"))
                    .isEqualTo("here");

            assertThat(docker.run("import", host + "/nothing.tar", "remote:2")
                            .fails(1)
                            .err())
                    .contains("failed to GET " + host + "/nothing.tar with status 404 Not Found");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void importPrintsTheIdAndAppliesChanges() {
        String id = docker.ok(
                "import",
                "-c",
                "CMD [\"echo\",\"hi\"]",
                "-c",
                "ENV A=b",
                "-m",
                "a note",
                busybox.toString(),
                "imp:one");
        assertThat(id).matches("sha256:[0-9a-f]{64}");
        assertThat(docker.inspect("imp:one", "{{.Id}}")).isEqualTo(id);
        assertThat(docker.inspect("imp:one", "{{json .Config.Cmd}}{{json .Config.Env}}"))
                .isEqualTo("[\"echo\",\"hi\"][\"A=b\"]");
        assertThat(docker.inspect("imp:one", "{{.Comment}}|{{.Os}}|{{.Architecture}}"))
                .isEqualTo("a note|linux|amd64");
        assertThat(docker.inspect("imp:one", "{{len .RootFS.Layers}}")).isEqualTo("1");
        assertThat(docker.inspect("imp:one", "{{index .RootFS.Layers 0}}"))
                .isEqualTo("sha256:" + Images.sha256(busybox));
    }

    @Test
    void importReadsStandardInput() throws IOException {
        Path small = Files.createDirectories(work.resolve("small"));
        Files.writeString(small.resolve("file"), "x");
        Path tar = Images.tar(small, work.resolve("small.tar"));
        Result result = Command.run(
                "sh", "-c", "DOCKER_HOST=unix://%s docker import - stdin:1 <%s".formatted(daemon.socket(), tar));
        assertThat(result.ok().text()).startsWith("sha256:");
    }

    @Test
    void imagesListsNamesAndIds() {
        String id = docker.ok("import", busybox.toString(), "list/me:v1");
        assertThat(docker.run("images").ok().lines().getFirst().split(" {2,}"))
                .containsExactly("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE");
        assertThat(docker.ok("images", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"))
                .isEqualTo("list/me:v1 " + id.substring(7, 19));
        assertThat(docker.ok("images", "-q", "--no-trunc")).isEqualTo(id);
        assertThat(docker.ok("images", "-q", "--filter", "reference=other/*")).isEmpty();
        assertThat(docker.ok("images", "-q", "list/me")).isEqualTo(id.substring(7, 19));
    }

    @Test
    void loadNamesWhatItLoadedAndAllLayersCount() throws IOException {
        Path archive = twoLayers("two:layers");
        assertThat(docker.ok("load", "-i", archive.toString())).isEqualTo("Loaded image: two:layers");
        assertThat(docker.inspect("two:layers", "{{len .RootFS.Layers}}")).isEqualTo("2");
        assertThat(docker.ok("run", "--rm", "--network", "none", "two:layers", "cat", "/etc/added", "/etc/plain"))
                .isEqualTo("from the second layer\nreplaced");
        assertThat(docker.run("run", "--rm", "--network", "none", "two:layers", "cat", "/etc/group")
                        .fails(1)
                        .err())
                .contains("No such file");
        assertThat(docker.ok("history", "--format", "{{.CreatedBy}}", "two:layers")
                        .lines())
                .containsExactly("layer 1", "layer 0");
    }

    @Test
    void loadingTwiceChangesNothing() throws IOException {
        Path archive = twoLayers("twice:1");
        docker.ok("load", "-i", archive.toString());
        LeakLedger before = LeakLedger.of(daemon);
        assertThat(docker.ok("load", "-q", "-i", archive.toString())).isEqualTo("Loaded image: twice:1");
        before.awaitSame(daemon);
    }

    @Test
    void inspectShowsTheGraphDriversDirectories() throws IOException {
        docker.ok("load", "-i", twoLayers("dirs:1").toString());
        assertThat(docker.inspect("dirs:1", "{{.GraphDriver.Name}}")).isEqualTo("overlay2");
        String upper = docker.inspect("dirs:1", "{{.GraphDriver.Data.UpperDir}}");
        String lower = docker.inspect("dirs:1", "{{.GraphDriver.Data.LowerDir}}");
        String overlay = daemon.dataRoot().resolve("overlay2").toString().replace("/", "\\/");
        assertThat(upper).matches(overlay + "/[0-9a-f]{64}/diff");
        assertThat(lower).matches(overlay + "/[0-9a-f]{64}/diff");
        assertThat(Files.readString(Path.of(upper, "etc/added"))).isEqualTo("from the second layer\n");
        assertThat(Path.of(lower, "bin/busybox")).isRegularFile();
        assertThat(docker.inspect("dirs:1", "{{.GraphDriver.Data.MergedDir}}")).endsWith("/merged");
    }

    @Test
    void tagAddsANameAndRmiTakesOneAway() {
        String id = docker.ok("import", busybox.toString(), "first:1");
        docker.ok("tag", "first:1", "second:2");
        assertThat(docker.inspect(id, "{{len .RepoTags}}")).isEqualTo("2");
        assertThat(docker.ok("rmi", "first:1")).isEqualTo("Untagged: first:1");
        assertThat(docker.ok("rmi", "second:2").lines().toList())
                .hasSize(3)
                .startsWith("Untagged: second:2", "Deleted: " + id)
                .last()
                .asString()
                .startsWith("Deleted: sha256:");
        assertThat(docker.run("inspect", id).fails(1).err()).contains("No such object: " + id);
    }

    @Test
    void removingTheLastNameRemovesTheLayers() throws IOException {
        LeakLedger before = LeakLedger.of(daemon);
        docker.ok("load", "-i", twoLayers("gone:1").toString());
        docker.ok("rmi", "gone:1");
        before.awaitSame(daemon);
    }

    @Test
    void imageInUseIsNotRemoved() {
        String id = docker.ok("import", busybox.toString(), "used:1");
        String container = docker.ok("create", "used:1", "true");
        Result refused = docker.run("rmi", "used:1").fails(1);
        assertThat(refused.err())
                .contains("conflict: unable to remove repository reference \"used:1\" (must force) - container "
                        + container.substring(0, 12) + " is using its referenced image " + id.substring(7, 19));
    }

    @Test
    void unknownImageIsNamed() {
        assertThat(docker.run("rmi", "nobody:1").fails(1).err()).contains("No such image: nobody:1");
        assertThat(docker.run("history", "nobody:1").fails(1).err()).contains("No such image: nobody:1");
        assertThat(docker.run("tag", "nobody:1", "x:1").fails(1).err()).contains("No such image: nobody:1");
        assertThat(docker.run("image", "inspect", "nobody:1").fails(1))
                .satisfies(result -> assertThat(result.text()).isEqualTo("[]"))
                .satisfies(result -> assertThat(result.err()).contains("No such image: nobody:1"));
    }

    @Test
    void idPrefixIsEnough() {
        String id = docker.ok("import", busybox.toString(), "prefix:1");
        assertThat(docker.inspect(id.substring(7, 15), "{{.Id}}")).isEqualTo(id);
    }
}
