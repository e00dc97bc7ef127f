package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.explain.OverlayOracle;
import cairn.engine.explain.RandomLayers;
import cairn.oci.ChainId;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two piles of layers, compared as the kernel shows them. */
class TreeDifferenceTest {
    private static final int ROUNDS = 40;

    @BeforeEach
    void needsRoot() throws IOException {
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")), "needs root");
    }

    private static List<Layer> layers(Path work, List<Path> diffs) throws IOException {
        List<Layer> layers = new ArrayList<>();
        for (Path diff : diffs) {
            Path directory = work.resolve("as-" + diff.getFileName());
            if (!Files.exists(directory)) {
                Files.createDirectory(directory);
                Files.createSymbolicLink(directory.resolve("diff"), diff);
            }
            Digest digest = Digest.sha256(diff.toString().getBytes(StandardCharsets.UTF_8));
            layers.add(new Layer(new ChainId(digest), new DiffId(digest), digest.hex(), "L", 0, null, directory));
        }
        return layers;
    }

    private static List<String> differences(List<Layer> before, List<Layer> after) {
        List<String> found = new ArrayList<>();
        TreeDifference.compare(
                before, after, (path, old, now) -> found.add((old == null ? "A " : now == null ? "D " : "C ") + path));
        found.sort(String::compareTo);
        return found;
    }

    @Test
    void differencesAreThoseOfTheKernelsViews() throws IOException {
        Random random = new Random(21);
        for (int round = 0; round < ROUNDS; round++) {
            try (RandomLayers all = new RandomLayers(random, 5)) {
                List<Path> before = List.of(all.layers.get(0), all.layers.get(1), all.layers.get(2));
                List<Path> after = List.of(all.layers.get(3), all.layers.get(4), all.layers.get(1), all.layers.get(2));
                try (OverlayOracle old = new OverlayOracle(all.mountPoint(), before);
                        OverlayOracle now = new OverlayOracle(all.mountPoint(), after)) {
                    TreeMap<String, String> a = new TreeMap<>();
                    TreeMap<String, String> b = new TreeMap<>();
                    read(old.path(), "", a);
                    read(now.path(), "", b);
                    List<String> expected = new ArrayList<>();
                    a.forEach((path, is) -> {
                        if (!b.containsKey(path)) {
                            expected.add("D " + path);
                        } else if (!b.get(path).equals(is)) {
                            expected.add("C " + path);
                        }
                    });
                    b.keySet().stream().filter(path -> !a.containsKey(path)).forEach(path -> expected.add("A " + path));
                    expected.sort(String::compareTo);
                    Path work = all.mountPoint().getParent();
                    assertThat(differences(layers(work, before), layers(work, after)))
                            .as("round " + round)
                            .isEqualTo(expected);
                }
            }
        }
    }

    /** Everything that counts, by path. */
    private static void read(Path directory, String path, TreeMap<String, String> found) throws IOException {
        List<Path> entries;
        try (Stream<Path> stream = Files.list(directory)) {
            entries = stream.filter(entry -> Files.exists(entry, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
        for (Path entry : entries) {
            String name = path + "/" + entry.getFileName();
            String is = "mode " + Files.getAttribute(entry, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if (Files.isSymbolicLink(entry)) {
                is += " to " + Files.readSymbolicLink(entry);
            } else if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                is += " has " + Files.readString(entry);
            } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                read(entry, name, found);
            }
            found.put(name, is);
        }
    }

    @Test
    void aNewTimeAloneIsNoDifference() throws IOException {
        Path work = Files.createTempDirectory("cairn-difference-");
        try {
            Path one = Files.createDirectory(work.resolve("one"));
            Path two = Files.createDirectory(work.resolve("two"));
            Files.writeString(one.resolve("same"), "x".repeat(100_000));
            Files.setLastModifiedTime(
                    Files.writeString(two.resolve("same"), "x".repeat(100_000)), FileTime.fromMillis(1));
            Files.writeString(one.resolve("other"), "x".repeat(100_000) + "a");
            Files.writeString(two.resolve("other"), "x".repeat(100_000) + "b");
            assertThat(differences(layers(work, List.of(one)), layers(work, List.of(two))))
                    .containsExactly("C /other");
        } finally {
            StoreFixture.delete(work);
        }
    }
}
