package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code cairn store check} from outside: stores as they grow give no alarm, also while work goes on; damage is told and repaired. */
final class StoreCheckIT {
    private static final int STORES = System.getenv("CAIRN_LONG") == null ? 10 : 100;
    private static final int STEPS = 6;

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;
    private static final List<Path> ARCHIVES = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        TestDaemon.onlyCairn("Docker's daemon has no such check");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        work = TestDaemon.newDirectory();
        for (int i = 0; i < 3; i++) {
            ARCHIVES.add(CrashStore.archive(Files.createDirectories(work.resolve("archive" + i)), "loaded:" + i));
        }
        Images.importBusybox(daemon, "busybox");
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            daemon.close();
        }
        if (work != null) {
            TestDaemon.deleteTree(work);
        }
    }

    private static void step(Random random) {
        int number = random.nextInt(3);
        switch (random.nextInt(9)) {
            case 0, 1 -> docker.ok("load", "-q", "-i", ARCHIVES.get(number).toString());
            case 2 -> docker.run("tag", "loaded:" + number, "other:" + random.nextInt(3));
            case 3 -> docker.run("rmi", "loaded:" + number);
            case 4 -> docker.run("rmi", "-f", "other:" + number);
            case 5 ->
                docker.run("run", "--name", "c" + number, "--network", "none", "loaded:" + number, "/bin/touch", "/x");
            case 6 -> docker.run("create", "--name", "d" + number, "--network", "none", "other:" + number, "true");
            case 7 -> docker.run("rm", "-f", (random.nextBoolean() ? "c" : "d") + number);
            default -> docker.run("run", "-d", "--name", "c" + number, "--network", "none", "busybox", "sleep", "100");
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void randomHealthyStoresGiveNoAlarm() {
        long seed = Long.getLong("cairn.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int store = 0; store < STORES; store++) {
            for (int i = 0; i < STEPS; i++) {
                step(random);
            }
            if (random.nextInt(4) == 0) {
                daemon.restart();
            }
            try {
                CrashStore.assertWhole(daemon);
            } catch (AssertionError e) {
                throw new AssertionError("store %d (seed %d): %s".formatted(store, seed, e.getMessage()), e);
            }
        }
        System.out.println("FIGURE healthy stores without an alarm = " + STORES + " stores");
    }

    @Test
    void workThatGoesOnMeanwhileIsNoAlarm() {
        try (Command busy = Command.start(
                Map.of("DOCKER_HOST", "unix://" + daemon.socket()),
                List.of(
                        "sh",
                        "-c",
                        "while :; do docker load -q -i %s; docker run --rm --network none busybox true; docker rmi loaded:0; done"
                                .formatted(ARCHIVES.getFirst())))) {
            for (int i = 0; i < 5; i++) {
                CrashStore.assertWhole(daemon);
            }
            assertThat(busy.alive()).isTrue();
        }
        docker.run("rmi", "-f", "loaded:0");
    }

    @Test
    void damageIsToldInSentencesAndRepaired() throws IOException {
        assertThat(daemon.cairn("store", "check").ok().out()).contains("The store is whole.");
        Path stray = Files.createDirectory(daemon.dataRoot().resolve("overlay2/" + "a".repeat(64)));
        Path link = Path.of(docker.inspect("busybox", "{{.GraphDriver.Data.UpperDir}}"))
                .resolveSibling("link");
        Files.delete(link);

        Result found = daemon.cairn("store", "check").fails(1);
        assertThat(found.out())
                .contains("Damaged (1)", "the file with its short name is missing; what lies on it cannot be mounted")
                .contains("Left over (1)", "no record of a layer or container names the directory")
                .contains("2 things are wrong.", "'cairn store check --repair' does something about all of them.");
        assertThat(daemon.cairn("store", "check", "--json", "--fast").fails(1).out())
                .contains("\"Kind\":\"LINK_FILE\"", "\"Kind\":\"DIRECTORY_UNOWNED\"", "\"Contents\":false");

        assertThat(daemon.cairn("store", "check", "--repair").ok().out()).contains("Repaired; the store is whole.");
        assertThat(stray).doesNotExist();
        assertThat(link).hasSize(26);
        daemon.cairn("store", "check").ok();
    }

    @Test
    void withoutADaemonItCouldNotBeChecked() {
        Result result = Command.run(
                Map.of("DOCKER_HOST", "unix:///nonexistent/cairn.sock"),
                List.of(TestDaemon.dist().resolve("bin/cairn").toString(), "store", "check"),
                "");
        result.fails(2);
    }
}
