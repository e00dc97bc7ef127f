package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pulls that break off, through a proxy that breaks them and counts: what has arrived once does not come again. */
final class PullResumeIT {
    private static final int SIZE = 12 << 20;
    private static final long PART = SIZE * 6L / 10;
    /** Manifests, config, heads of replies, and what was on its way when the connection broke. */
    private static final long SLACK = 1 << 20;

    private static TestRegistry registry;
    private static Path work;
    private static String layer;
    private TestDaemon daemon;
    private DockerCli docker;
    private CuttingProxy proxy;
    private LeakLedger before;

    @BeforeAll
    static void fill() {
        TestDaemon.onlyCairn("Docker's daemon begins from the start after its own end");
        registry = TestRegistry.plain();
        work = TestDaemon.newDirectory();
        RegistryImages.push(registry, RegistryImages.largeArchive(work, SIZE), "large:1");
        layer = RegistryImages.layerDigest(TestRegistry.text(registry.manifest("large", "1")), 0);
    }

    @AfterAll
    static void end() {
        if (registry != null) {
            registry.close();
            TestDaemon.deleteTree(work);
        }
    }

    @BeforeEach
    void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        proxy = new CuttingProxy(registry.port());
        daemon.awaitWarm();
        before = LeakLedger.of(daemon);
    }

    @AfterEach
    void nothingIsLeft() {
        try {
            docker.run("rmi", proxy.image("large:1"));
            daemon.restart();
            daemon.awaitWarm();
            before.awaitSame(daemon);
        } finally {
            daemon.close();
            proxy.close();
        }
    }

    private Path partial() {
        return daemon.dataRoot().resolve("cairn/downloads").resolve(layer);
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void pulledWell() throws IOException {
        String image = proxy.image("large:1");
        assertThat(docker.ok("images", "--format", "{{.Repository}}:{{.Tag}}")).isEqualTo(image);
        Path saved = work.resolve("saved.tar");
        docker.ok("save", "-o", saved.toString(), image);
        String diffId = docker.inspect(image, "{{index .RootFS.Layers 0}}").substring("sha256:".length());
        String script = "for member in $(tar -tf %1$s); do tar -xOf %1$s $member | sha256sum; done".formatted(saved);
        assertThat(Command.run("sh", "-c", script).out()).contains(diffId);
        assertThat(daemon.dataRoot().resolve("cairn/downloads")).isEmptyDirectory();
    }

    @Test
    void aConnectionThatBreaksIsGoneOnWithInTheSamePull() throws IOException {
        proxy.cutAfter(PART);
        String out = docker.ok("pull", proxy.image("large:1"));
        assertThat(proxy.cuts()).isOne();
        assertThat(out).contains("Retrying in 1 second");
        assertThat(proxy.received()).isBetween((long) SIZE, SIZE + SLACK);
        pulledWell();
    }

    /** Begins a pull and waits until the proxy holds it at sixty percent. */
    private Command pullHeldBack() {
        proxy.holdAfter(PART);
        Command pull = docker.start("pull", proxy.image("large:1"));
        Wait.until(
                Command.PATIENCE,
                () -> "60% of the layer, of which " + size(partial()) + " bytes are there",
                () -> size(partial()) > PART - SLACK);
        return pull;
    }

    @Test
    void aKilledDaemonFetchesOnlyTheRest() throws IOException {
        try (Command pull = pullHeldBack()) {
            daemon.kill();
            proxy.goOn();
            pull.await();
        }
        long kept = size(partial());
        daemon.start();
        assertThat(docker.ok("images", "-aq")).isEmpty();
        long received = proxy.received();
        docker.ok("pull", proxy.image("large:1"));
        assertThat(proxy.received() - received).isBetween(SIZE - kept, SIZE - kept + SLACK);
        System.out.println("FIGURE bytes fetched again after kill -9 at 60% of a layer = "
                + Math.max(0, proxy.received() - received - (SIZE - kept)) + " bytes");
        pulledWell();
    }

    @Test
    void whatWasKeptAndIsWrongIsFetchedWholeOnce() throws IOException {
        try (Command pull = pullHeldBack()) {
            daemon.kill();
            proxy.goOn();
            pull.await();
        }
        byte[] poisoned = Files.readAllBytes(partial());
        poisoned[poisoned.length / 2] ^= 0x55;
        Files.write(partial(), poisoned);
        daemon.start();
        long received = proxy.received();
        docker.ok("pull", proxy.image("large:1"));
        assertThat(proxy.received() - received).isBetween((long) SIZE, 2L * SIZE);
        pulledWell();
    }

    @Test
    void aClientThatGoesAwayEndsItsPullAndTheNextGoesOn() throws IOException {
        try (Command pull = pullHeldBack()) {
            pull.signal("INT");
            pull.await();
        }
        Wait.until(
                Duration.ofSeconds(20),
                () -> "the end of the pull; marked: " + pending(),
                () -> pending().isEmpty());
        proxy.goOn();
        long kept = size(partial());
        assertThat(kept).isGreaterThan(PART - SLACK);
        long received = proxy.received();
        docker.ok("pull", proxy.image("large:1"));
        // What the proxy held back for the first is counted as well.
        assertThat(proxy.received() - received).isLessThan(SIZE - kept + 2 * SLACK);
        pulledWell();
    }

    @Test
    void pruningImagesRemovesWhatNobodyCameBackFor() {
        try (Command pull = pullHeldBack()) {
            pull.signal("INT");
            pull.await();
        }
        Wait.until(
                Duration.ofSeconds(20),
                () -> "the end of the pull",
                () -> pending().isEmpty());
        assertThat(partial()).exists();
        // The part is let go of a moment after the layer. What it frees the CLI tells only beside images.
        Wait.until(Duration.ofSeconds(20), () -> "the part to go", () -> {
            docker.ok("image", "prune", "-f");
            return !Files.exists(partial());
        });
    }

    private List<String> pending() {
        try (var files = Files.list(daemon.dataRoot().resolve("cairn/pending"))) {
            return files.map(Path::toString).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void twoPullsOfTheSameImageShareOneDownload() throws IOException {
        try (Command first = pullHeldBack();
                Command second = docker.start("pull", proxy.image("large:1"))) {
            second.awaitOutput(layer.substring(0, 12) + ": Pulling fs layer");
            // The one that came first leaves: the other still waits for the same bytes.
            first.signal("INT");
            first.await();
            proxy.goOn();
            assertThat(second.await().ok().out()).contains("Status: Downloaded newer image");
        }
        assertThat(proxy.received()).isBetween((long) SIZE, SIZE + SLACK);
        assertThat(proxy.cuts()).isZero();
        pulledWell();
    }
}
