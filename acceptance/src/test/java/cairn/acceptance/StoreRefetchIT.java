package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A damaged layer of a pulled image is fetched again from its registry, it alone, and the image is what it was. */
final class StoreRefetchIT {
    private static TestDaemon daemon;
    private static DockerCli docker;
    private static TestRegistry registry;
    private static Path work;
    private static String image;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("Docker's daemon has no such check");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        registry = TestRegistry.plain();
        work = TestDaemon.newDirectory();
        RegistryImages.push(registry, RegistryImages.archive(work, "hello"), "damaged:1");
        image = registry.image("damaged:1");
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            daemon.close();
        }
        if (registry != null) {
            registry.close();
        }
        if (work != null) {
            TestDaemon.deleteTree(work);
        }
    }

    @BeforeEach
    void pull() {
        docker.ok("pull", "-q", image);
    }

    @AfterEach
    void remove() {
        docker.run("rmi", "-f", image);
    }

    private static Path said() {
        return Path.of(docker.inspect(image, "{{.GraphDriver.Data.UpperDir}}"), "etc/said");
    }

    private static void repaired() {
        assertThat(daemon.cairn("store", "check").fails(1).out())
                .contains("fetches the layer from " + registry.address() + "/damaged");
        long before = registry.requests("GET", "/v2/damaged/blobs/");
        assertThat(daemon.cairn("store", "check", "--repair").ok().out())
                .contains("fetched layer sha256:", "Repaired; the store is whole.");
        assertThat(registry.requests("GET", "/v2/damaged/blobs/") - before).isLessThanOrEqualTo(1);
        assertThat(docker.ok("run", "--rm", "--network", "none", image)).isEqualTo("hello");
    }

    @Test
    void aChangedFileIsFetchedAgain() throws IOException {
        FileTime time = Files.getLastModifiedTime(said());
        Files.writeString(said(), "jello\n");
        Files.setLastModifiedTime(said(), time);
        repaired();
    }

    @Test
    void aMissingFileIsFetchedAgain() throws IOException {
        Files.delete(said());
        repaired();
    }

    @Test
    void aMissingTarSplitRecordIsFetchedAgain() throws IOException {
        String layers = docker.inspect(image, "{{json .RootFS.Layers}}");
        String lowest = layers.substring(layers.indexOf("sha256:") + 7, layers.indexOf("sha256:") + 71);
        Files.delete(daemon.dataRoot().resolve("image/overlay2/layerdb/sha256/" + lowest + "/tar-split.json.gz"));
        repaired();
    }

    private static Path directoryWithSaid() throws IOException {
        try (var directories = Files.newDirectoryStream(daemon.dataRoot().resolve("overlay2"))) {
            for (Path directory : directories) {
                if (Files.exists(directory.resolve("diff/etc/said"))) {
                    return directory;
                }
            }
        }
        throw new AssertionError("no layer has /etc/said");
    }

    @Test
    void aMissingDirectoryIsFetchedAgain() throws IOException {
        daemon.stop();
        Path upper = directoryWithSaid();
        TestDaemon.deleteTree(upper);
        daemon.start();
        repaired();
    }

    @Test
    void aLayerOnWhichAContainerRunsIsLeftAlone() throws IOException {
        docker.ok("run", "-d", "--name", "busy", "--network", "none", image, "/bin/busybox", "sleep", "100");
        FileTime time = Files.getLastModifiedTime(said());
        Files.writeString(said(), "jello\n");
        Files.setLastModifiedTime(said(), time);
        assertThat(daemon.cairn("store", "check", "--repair").fails(1).out())
                .contains("NOT DONE: ", "a container runs on layer", "stop it first");
        docker.ok("rm", "-f", "busy");
        repaired();
    }

    @Test
    void whereTheRegistryHasItNoMoreItSaysSo() throws IOException {
        FileTime time = Files.getLastModifiedTime(said());
        Files.writeString(said(), "jello\n");
        Files.setLastModifiedTime(said(), time);
        Path blob = registry.blob(RegistryImages.layerDigest(TestRegistry.text(registry.manifest("damaged", "1")), 1));
        Path away = Files.move(blob, blob.resolveSibling("away"));
        try {
            assertThat(daemon.cairn("store", "check", "--repair").fails(1).out())
                    .contains("NOT DONE: ");
        } finally {
            Files.move(away, blob);
        }
        repaired();
    }
}
