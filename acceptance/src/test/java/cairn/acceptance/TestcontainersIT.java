package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Testcontainers for Java, as published, with and without its reaper. */
final class TestcontainersIT {
    private static final String REAPER = "testcontainers/ryuk:0.14.0";
    private static final String SESSION = "label=org.testcontainers=true";

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static LeakLedger before;

    @BeforeAll
    static void start() throws IOException {
        TestDaemon.onlyCairn("Docker's daemon runs in a network namespace of its own here");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
        importReaper();
        daemon.awaitWarm();
        before = LeakLedger.of(daemon);
    }

    @AfterAll
    static void end() {
        if (daemon == null) {
            return;
        }
        try {
            daemon.removeContainers();
            before.awaitSame(daemon);
        } finally {
            daemon.close();
        }
    }

    /**
     * Its protocol on port 8080: each line is a set of filters and is answered with ACK; some seconds after the last connection
     * has closed, what matches is removed, and it ends. The published program is only to be had as an image of a registry, so a script
     * around the docker command takes its place; -Dcairn.ryuk=PATH names the real one.
     */
    private static void importReaper() throws IOException {
        Path work = TestDaemon.newDirectory();
        try {
            Path root = Images.busyboxRoot(work);
            String real = System.getProperty("cairn.ryuk");
            if (real != null) {
                Files.copy(Path.of(real), root.resolve("bin/ryuk"));
            } else {
                Files.copy(Path.of("/usr/local/bin/docker"), root.resolve("bin/docker"));
                Files.writeString(root.resolve("bin/ryuk"), """
                        #!/bin/sh
                        echo "Started"
                        nc -l -p 8080 -e /bin/session
                        sleep 1
                        docker ps -aq $(cat /tmp/filters) | grep -v "^$(hostname)" | xargs -r docker rm -f
                        """);
                Files.writeString(root.resolve("bin/session"), """
                        #!/bin/sh
                        while read line; do
                            echo "$line" | tr '&' '\\n' | sed 's/%3D/=/g; s/^/--filter /' > /tmp/filters
                            echo ACK
                        done
                        """);
            }
            Command.run(
                    "chmod",
                    "755",
                    root.resolve("bin/ryuk").toString(),
                    root.resolve("bin/session").toString());
            docker.ok(
                    "import",
                    "--change",
                    "ENV PATH=/bin",
                    "--change",
                    "CMD [\"/bin/ryuk\"]",
                    "--change",
                    "EXPOSE 8080",
                    Images.tar(root, work.resolve("ryuk.tar")).toString(),
                    REAPER);
        } finally {
            TestDaemon.deleteTree(work);
        }
    }

    private static Result run(Map<String, String> settings, String... scenarios) {
        Path home = daemon.directory().resolve("home");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Duser.home=" + home,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "cairn.acceptance.TestcontainersScenario"));
        command.addAll(List.of(scenarios));
        Map<String, String> environment = new LinkedHashMap<>(settings);
        // With which it looks whether files of this machine can be mounted.
        environment.put("TESTCONTAINERS_TINYIMAGE_CONTAINER_IMAGE", "busybox:latest");
        environment.put("DOCKER_HOST", "unix://" + daemon.socket());
        try (Command started = Command.start(environment, command)) {
            Result result = started.await(Duration.ofSeconds(120)).ok();
            for (String scenario : scenarios) {
                assertThat(result.lines()).contains("through: " + scenario);
            }
            return result;
        }
    }

    private static String after(Result result, String word) {
        return result.lines().stream()
                .filter(line -> line.startsWith(word + ": "))
                .map(line -> line.substring(word.length() + 2))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatPeopleDoWithoutAReaper() {
        run(Map.of("TESTCONTAINERS_RYUK_DISABLED", "true"), "web", "waits", "execs", "one-shot", "options", "copies");
        assertThat(docker.ok("ps", "-aq", "--filter", SESSION)).isEmpty();
    }

    @Test
    void theReaperRemovesWhatIsLeft() {
        String left = after(run(Map.of(), "web", "left"), "left");
        assertThat(left).hasSize(64);
        Wait.until(
                Duration.ofSeconds(40),
                () -> docker.ok("ps", "-a"),
                () -> docker.ok("ps", "-aq", "--filter", SESSION).isEmpty());
    }

    @Test
    void whatIsReusedStays() {
        Map<String, String> settings =
                Map.of("TESTCONTAINERS_RYUK_DISABLED", "true", "TESTCONTAINERS_REUSE_ENABLE", "true");
        String first = after(run(settings, "reuse"), "reused");
        assertThat(after(run(settings, "reuse"), "reused")).isEqualTo(first);
        docker.ok("rm", "-f", first);
    }
}
