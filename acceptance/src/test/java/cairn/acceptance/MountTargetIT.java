package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mounts onto paths that are links of the image: they go where the link leads inside of the container's root, and never out of it. */
final class MountTargetIT {
    private static final Map<String, String> LINKS = Map.of(
            "absolute", "/target",
            "relative", "deep/down",
            "chain", "absolute",
            "climbs", "../../../../../target",
            "host", "/etc",
            "settings", "/proc/sys",
            "dangling", "target/new",
            "magic", "/proc/self/root",
            "loop", "loop");

    @TempDir
    static Path work;

    private static TestDaemon daemon;
    private static DockerCli docker;

    @BeforeAll
    static void start() throws IOException {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Path root = Images.busyboxRoot(Files.createDirectory(work.resolve("image")));
        Files.createDirectories(root.resolve("target"));
        Files.createDirectories(root.resolve("deep/down"));
        for (Map.Entry<String, String> link : LINKS.entrySet()) {
            Files.createSymbolicLink(root.resolve(link.getKey()), Path.of(link.getValue()));
        }
        Images.importTree(docker, root, "links", "ENV PATH=/bin");
    }

    @AfterAll
    static void end() {
        daemon.close();
    }

    /** Where a container has tmpfs, but for the standard places. */
    private static String tmpfsWith(String target) {
        return docker.ok(
                "run",
                "--rm",
                "--network",
                "none",
                "--tmpfs",
                target,
                "links",
                "sh",
                "-c",
                "grep tmpfs /proc/mounts | cut -d' ' -f2 | grep -v '^/proc\\|^/dev\\|^/sys'");
    }

    @Test
    void tmpfsGoesWhereTheLinkLeadsInside() {
        assertThat(tmpfsWith("/absolute")).isEqualTo("/target");
        assertThat(tmpfsWith("/relative")).isEqualTo("/deep/down");
        assertThat(tmpfsWith("/chain")).isEqualTo("/target");
        assertThat(tmpfsWith("/climbs")).isEqualTo("/target");
        assertThat(tmpfsWith("/absolute/not/yet")).isEqualTo("/target/not/yet");
        assertThat(tmpfsWith("/dangling")).isEqualTo("/target/new");
        assertThat(tmpfsWith("/none/yet")).isEqualTo("/none/yet");
    }

    @Test
    void bindGoesWhereTheLinkLeadsInside() throws IOException {
        Path source = Files.createDirectory(work.resolve("source"));
        Files.writeString(source.resolve("mine"), "mine");
        for (String link : new String[] {"absolute", "chain", "climbs"}) {
            assertThat(docker.ok(
                            "run",
                            "--rm",
                            "--network",
                            "none",
                            "-v",
                            source + ":/" + link,
                            "links",
                            "cat",
                            "/target/mine"))
                    .isEqualTo("mine");
        }
    }

    @Test
    void linkToADirectoryOfTheHostMeansTheContainersOwn() {
        String before = Command.run("ls", "/etc").ok().out();
        assertThat(tmpfsWith("/host")).isEqualTo("/etc");
        docker.ok("run", "--rm", "--network", "none", "-v", work + ":/host/x", "links", "ls", "/etc/x");
        assertThat(Command.run("ls", "/etc").ok().out()).isEqualTo(before);
    }

    @Test
    void linksIntoProcAndLoopsAreRefused() {
        for (String link : new String[] {"settings", "magic", "loop"}) {
            for (String[] option : new String[][] {{"--tmpfs", "/" + link}, {"-v", work + ":/" + link}}) {
                assertThat(docker.run("run", "--rm", "--network", "none", option[0], option[1], "links", "true")
                                .fails(125)
                                .err())
                        .contains("\"/" + link + "\" cannot be mounted");
            }
        }
        assertThat(docker.ok("ps", "-aq")).isEmpty();
    }
}
