package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Cairn's own words for images: how they differ, what they share, which may go. */
final class ImageUpkeepIT {
    private static TestDaemon daemon;
    private static DockerCli docker;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("Docker has no such commands");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "base:1");
        on("base:1", "app:1", "echo one >/etc/version; head -c 5000 /dev/zero >/big");
        on("base:1", "app:2", "echo two >/etc/version; rm /etc/group; chmod 700 /tmp; mkdir /new");
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            daemon.close();
        }
    }

    private static void on(String base, String name, String script) {
        docker.ok("run", "--name", "maker", "--network", "none", base, "sh", "-c", script);
        docker.ok("commit", "maker", name);
        docker.ok("rm", "maker");
    }

    private static String cairn(String... words) {
        return daemon.cairn(words).ok().text();
    }

    @Test
    void diffTellsWhatAnImageHasDifferently() {
        assertThat(cairn("image", "diff", "app:1", "app:2").lines())
                .contains("From app:1 to app:2", "  added         1 path, 0B")
                .anyMatch(line -> line.startsWith("A /new/"))
                .anyMatch(line -> line.startsWith("D /big") && line.contains("5kB"))
                .anyMatch(line -> line.startsWith("D /etc/group"))
                .anyMatch(line -> line.startsWith("C /etc/version") && line.contains("layer 0: sh -c echo two"))
                .anyMatch(line -> line.startsWith("C /tmp/") && line.contains("mode 777 to 700"))
                .noneMatch(line -> line.contains("busybox"));
        assertThat(cairn("image", "diff", "app:1", "app:1")).contains("no difference");
        assertThat(cairn("image", "diff", "--json", "app:1", "app:2")).contains("\"Removed\": 2");
        assertThat(daemon.cairn("image", "diff", "app:1", "nobody").fails(1).err())
                .contains("No such image: nobody");
    }

    @Test
    void treeShowsWhatImagesShareAndWhoUsesThem() {
        docker.ok("create", "--name", "user", "app:1", "true");
        assertThat(cairn("image", "tree"))
                .containsPattern("(?m)^│ ● base:1 ")
                .containsPattern("(?m)^[├└]─ 5kB in 1 layer\n[│ ]    ● app:1 .*, 5kB its own, used .* ago, in user$")
                .containsPattern("(?m)^3 images, 3 layers, ");
        assertThat(cairn("image", "tree", "--json")).contains("\"Containers\": [\n                \"user\"");
        docker.ok("rm", "user");
        assertThat(cairn("images", "--format", "{{.Repository}} {{.LastUsed}}").lines())
                .anyMatch(line -> line.matches("app .* ago"));
    }

    @Test
    void gcKeepsWhatIsUsedPinnedOrRecent() {
        on("base:1", "old:1", "head -c 3000 /dev/zero >/old");
        on("base:1", "held:1", "head -c 3000 /dev/zero >/held");
        on("base:1", "pinned:1", "head -c 3000 /dev/zero >/pinned");
        docker.ok("create", "--name", "holder", "held:1", "true");
        assertThat(cairn("image", "pin", "pinned:1")).isEqualTo("pinned:1");
        assertThat(cairn("image", "pin", "app:1", "app:2").lines()).containsExactly("app:1", "app:2");
        String dry = cairn("image", "gc", "--keep", "0", "--dry-run");
        assertThat(dry.lines())
                .anyMatch(line -> line.matches("would go +old:1 .* frees 3kB +not used since .*"))
                .anyMatch(line -> line.matches("stays +held:1 .* in use by container holder"))
                .anyMatch(line -> line.matches("stays +pinned:1 .* pinned as pinned:1"))
                .anyMatch(line -> line.matches("stays +base:1 .* others are built on it"));
        assertThat(docker.ok("images", "--format", "{{.Repository}}")).contains("old");
        assertThat(cairn("image", "gc", "--keep", "1g"))
                .doesNotContain("removed")
                .contains("within the budget");
        assertThat(cairn("image", "gc", "--keep", "0", "--json")).contains("\"Removed\": true");
        assertThat(docker.ok("images", "--format", "{{.Repository}}"))
                .doesNotContain("old")
                .contains("held", "pinned");
        assertThat(daemon.cairn("image", "gc").fails(1).err()).contains("--keep");
        assertThat(daemon.cairn("image", "gc", "--keep", "-1").fails(1).err()).contains("no size: --keep -1");
        assertThat(cairn("image", "gc", "--keep", "20GB", "--dry-run")).endsWith(" of 20GB");
        assertThat(cairn("image", "unpin", "pinned:1")).isEqualTo("pinned:1");
        assertThat(daemon.cairn("image", "unpin", "pinned:1").fails(1).err()).contains("is not pinned");
        docker.ok("rm", "holder");
        docker.ok("rmi", "held:1", "pinned:1");
    }

    @Test
    void programsOfTheHostAreNamedOrWrittenAsPaths() {
        assertThat(daemon.cairn("image", "from-host", "mine:1", "/bin/true")
                        .ok()
                        .err())
                .contains("mine:1 holds 1 program");
        assertThat(daemon.cairn("image", "from-host", "mine:2", "/etc/passwd")
                        .fails(1)
                        .err())
                .contains("no program that can be run: /etc/passwd");
        assertThat(daemon.cairn("image", "from-host", "mine:2", "./nosuch")
                        .fails(1)
                        .err())
                .contains("no such program on this machine: /", "/nosuch");
        docker.ok("rmi", "mine:1");
    }

    @Test
    void lastUsesAreFoundAgainAfterARestart() {
        on("base:1", "used:1", "echo 1 >/used");
        String before = json("used:1");
        Wait.until(Duration.ofSeconds(10), () -> "the next second", () -> {
            docker.ok("run", "--rm", "--network", "none", "used:1", "true");
            return !json("used:1").equals(before);
        });
        String used = json("used:1");
        daemon.restart();
        assertThat(json("used:1")).isEqualTo(used);
        docker.ok("rmi", "used:1");
    }

    private static String json(String name) {
        String tree = cairn("image", "tree", "--json");
        String rest = tree.substring(tree.indexOf("\"" + name + "\""));
        int at = rest.indexOf("\"LastUsed\": ");
        return rest.substring(at, rest.indexOf('\n', at));
    }
}
