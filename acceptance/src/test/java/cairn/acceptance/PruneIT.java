package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much there is, and giving back what nobody needs. */
final class PruneIT {
    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;
    private LeakLedger before;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        work = TestDaemon.newDirectory();
        Images.busyboxTar(work);
    }

    @AfterAll
    static void end() {
        daemon.close();
        TestDaemon.deleteTree(work);
    }

    @BeforeEach
    void remember() {
        before = LeakLedger.of(daemon);
    }

    /** Whatever a test leaves, the last prune takes. */
    @AfterEach
    void nothingStays() {
        daemon.removeContainers();
        docker.ok("system", "prune", "-af");
        assertThat(docker.ok("images", "-aq")).isEmpty();
        before.awaitSame(daemon);
    }

    private static String importFile(String name, int bytes, String... changes) {
        try {
            Path root = Files.createDirectories(work.resolve("root"));
            Files.write(root.resolve("file"), new byte[bytes]);
            Path tar = Images.tar(root, work.resolve("root.tar"));
            TestDaemon.deleteTree(root);
            List<String> words = new java.util.ArrayList<>(List.of("import"));
            for (String change : changes) {
                words.addAll(List.of("-c", change));
            }
            words.add(tar.toString());
            if (!name.isEmpty()) {
                words.add(name);
            }
            return docker.ok(words.toArray(new String[0]));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String box() {
        return docker.ok(
                "import", "-c", "CMD [\"sh\"]", work.resolve("busybox.tar").toString(), "box");
    }

    /** An image of busybox and one more layer. */
    private static String on(String base, String name, String script) {
        docker.ok("run", "--name", "maker", "--network", "none", base, "sh", "-c", script);
        String id = name.isEmpty() ? docker.ok("commit", "maker") : docker.ok("commit", "maker", name);
        docker.ok("rm", "maker");
        return id;
    }

    @Test
    void imagePruneTakesWhatHasNoName() {
        String dangling = importFile("", 1000);
        importFile("named:1", 2000);
        String text = docker.ok("image", "prune", "-f");
        assertThat(text).startsWith("Deleted Images:\ndeleted: " + dangling).endsWith("Total reclaimed space: 1kB");
        assertThat(docker.ok("images", "--format", "{{.Repository}}:{{.Tag}}")).isEqualTo("named:1");
        assertThat(docker.ok("image", "prune", "-f")).isEqualTo("Total reclaimed space: 0B");
    }

    @Test
    void imagePruneAllTakesWhatNoContainerUses() {
        box();
        String used = importFile("used:1", 1000);
        importFile("unused:1", 3000);
        docker.ok("tag", "unused:1", "unused:2");
        docker.ok("create", "--name", "holder", "used:1", "x");
        docker.ok("create", "--name", "holder2", "box", "true");
        assertThat(docker.ok("image", "prune", "-af"))
                .contains("untagged: unused:1\nuntagged: unused:2\ndeleted: sha256:")
                .endsWith("Total reclaimed space: 3kB");
        assertThat(docker.ok("images", "--no-trunc", "-q").lines())
                .contains(used)
                .hasSize(2);
    }

    @Test
    void filtersSpareByLabelAndAge() {
        importFile("keep:1", 10, "LABEL keep=yes");
        importFile("go:1", 20, "LABEL keep=no");
        docker.ok("image", "prune", "-af", "--filter", "until=1h");
        assertThat(docker.ok("images", "-q").lines()).hasSize(2);
        docker.ok("image", "prune", "-af", "--filter", "label!=keep=yes");
        assertThat(docker.ok("images", "--format", "{{.Repository}}")).isEqualTo("keep");
        docker.ok("image", "prune", "-af", "--filter", "label=keep=no");
        assertThat(docker.ok("images", "--format", "{{.Repository}}")).isEqualTo("keep");
        assertThat(docker.run("image", "prune", "-f", "--filter", "color=red")
                        .fails(1)
                        .err())
                .contains("invalid filter 'color'");
    }

    @Test
    void nothingOfAChainGoesWhileItsTopStays() {
        box();
        String middle = on("box", "", "echo 1 >/one");
        on(middle, "top:1", "echo 2 >/two");
        docker.ok("tag", "top:1", "top:2");
        docker.ok("rmi", "box");
        assertThat(docker.ok("image", "prune", "-f")).isEqualTo("Total reclaimed space: 0B");
        assertThat(docker.ok("run", "--rm", "--network", "none", "top:1", "cat", "/one", "/two"))
                .isEqualTo("1\n2");
        assertThat(docker.ok("images", "-q").lines()).hasSize(2);
        assertThat(docker.ok("images", "-aq", "--no-trunc").lines()).contains(middle);
        assertThat(docker.run("rmi", middle).fails(1).err())
                .contains("conflict: unable to delete " + middle.substring(7, 19)
                        + " (cannot be forced) - image has dependent child images");
        // With the last name the nameless steps below go, too.
        docker.ok("rmi", "top:1", "top:2");
        assertThat(docker.ok("images", "-aq")).isEmpty();
    }

    @Test
    void containerPruneTakesThoseThatDoNotRun() {
        box();
        docker.ok("run", "-d", "--name", "runs", "--network", "none", "box", "sleep", "600");
        docker.ok("create", "--name", "new", "--label", "a=b", "box", "true");
        docker.ok("run", "--name", "ended", "--network", "none", "box", "sh", "-c", "printf 12345 >/file");
        assertThat(docker.ok("container", "prune", "-f", "--filter", "label=a=b"))
                .endsWith("Total reclaimed space: 0B");
        assertThat(docker.ok("ps", "-a", "--format", "{{.Names}}").lines()).containsExactly("ended", "runs");
        assertThat(docker.ok("container", "prune", "-f", "--filter", "until=1h"))
                .endsWith("Total reclaimed space: 0B");
        String ended = docker.inspect("ended", "{{.Id}}");
        assertThat(docker.ok("container", "prune", "-f"))
                .isEqualTo("Deleted Containers:\n" + ended + "\n\nTotal reclaimed space: 5B");
        assertThat(docker.ok("ps", "-a", "--format", "{{.Names}}")).isEqualTo("runs");
    }

    @Test
    void diskUsageCountsSharedLayersOnce() {
        box();
        long base = Long.parseLong(docker.inspect("box", "{{.Size}}"));
        on("box", "big:1", "head -c 300000 /dev/zero >/big");
        on("box", "small:1", "head -c 2000 /dev/zero >/small");
        docker.ok("run", "--name", "user", "--network", "none", "small:1", "sh", "-c", "head -c 700 /dev/zero >/mine");
        Api.Response usage = daemon.api().get("/v1.51/system/df");
        assertThat(usage.status()).isEqualTo(200);
        assertThat(usage.text())
                .contains("\"LayersSize\":" + (base + 302000))
                .contains("\"SizeRw\":700,\"SizeRootFs\":" + (base + 2700))
                .contains("\"Volumes\":[]", "\"BuildCache\":[]");
        assertThat(docker.ok(
                                "system",
                                "df",
                                "-v",
                                "--format",
                                "{{range .Images}}{{.Repository}} {{.UniqueSize}} {{.Containers}}\n{{end}}")
                        .lines())
                .contains("big 300kB 0", "small 2kB 1", "box 0B 0");
        assertThat(docker.ok("system", "df", "--format", "{{.Type}} {{.TotalCount}} {{.Active}}")
                        .lines())
                .containsExactly("Images 3 1", "Containers 1 0", "Local Volumes 0 0", "Build Cache 0 0");
        assertThat(daemon.api().get("/v1.51/system/df?type=image").text()).contains("\"Containers\":null");
        assertThat(daemon.api().get("/v1.51/system/df?type=house").text()).contains("unknown object type: house");
        assertThat(daemon.api().get("/v1.51/images/json?shared-size=1").text()).contains("\"SharedSize\":" + base);
        assertThat(docker.ok("ps", "-as", "--format", "{{.Size}}")).startsWith("700B (virtual ");
    }

    @Test
    void systemPruneTellsWhatItTook() {
        box();
        importFile("", 1000);
        docker.ok("create", "--name", "idle", "box", "true");
        String events = "{{.Type}} {{.Action}} {{.Actor.Attributes.reclaimed}}";
        assertThat(docker.ok("system", "prune", "-f"))
                .contains("Deleted Containers:", "Deleted Images:")
                .endsWith("1kB");
        assertThat(docker.ok("system", "prune", "-f", "--volumes")).isEqualTo("Total reclaimed space: 0B");
        assertThat(docker.ok("network", "prune", "-f")).isEmpty();
        assertThat(docker.ok("events", "--since", "20s", "--until=-1s", "--filter", "event=prune", "--format", events)
                        .lines())
                .contains("container prune 0", "image prune 1000", "network prune 0", "volume prune 0");
    }

    @Test
    void filtersOfImagesAreDockers() {
        String first = importFile("team/app:1", 10, "LABEL who=me");
        importFile("team/app:2", 11);
        importFile("registry.example:5000/team/app:3", 12);
        importFile("", 13);
        String format = "{{.Repository}}:{{.Tag}}";
        record Case(String filter, List<String> shown) {}
        List<Case> cases = List.of(
                new Case("reference=team/app", List.of("team/app:2", "team/app:1")),
                new Case("reference=team/*:1", List.of("team/app:1")),
                new Case("reference=*/*:[12]", List.of("team/app:2", "team/app:1")),
                new Case("reference=*", List.of()),
                new Case("reference=registry.example:5000/*/*", List.of("registry.example:5000/team/app:3")),
                new Case("reference=team/{app,x}:1", List.of()),
                new Case("dangling=true", List.of("<none>:<none>")),
                new Case("label=who", List.of("team/app:1")),
                new Case("label=who=you", List.of()),
                new Case("before=team/app:2", List.of("team/app:1")),
                new Case("since=registry.example:5000/team/app:3", List.of("<none>:<none>")),
                new Case("until=1h", List.of()));
        for (Case one : cases) {
            assertThat(docker.ok("images", "--format", format, "--filter", one.filter)
                            .lines()
                            .toList())
                    .as(one.filter)
                    .isEqualTo(one.shown);
        }
        assertThat(docker.ok("images", "--format", format, "--filter", "dangling=false")
                        .lines())
                .hasSize(3);
        assertThat(docker.run("images", "--filter", "before=nobody").fails(1).err())
                .contains("No such image: nobody");
        assertThat(docker.run("images", "--filter", "reference=[").fails(1).err())
                .contains("syntax error in pattern");
        docker.ok("create", "team/app:1", "x");
        assertThat(daemon.api().get("/v1.51/images/json").text())
                .containsPattern("\"Containers\":1,\"Created\":[0-9]+,\"Id\":\"" + first);
    }
}
