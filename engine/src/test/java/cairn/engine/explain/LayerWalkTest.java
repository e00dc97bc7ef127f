package cairn.engine.explain;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.layer.StoreFixture;
import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.wire.explain.LayerPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerWalkTest {
    @BeforeEach
    void needsRoot() throws IOException {
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")), "needs root");
    }

    /** The kernel merges the layers below; each entry of the layer on top is then new there or not. */
    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28})
    void addsAndChangesAreToldByWhatTheLayersBelowShow(long seed) throws IOException {
        try (RandomLayers trees = new RandomLayers(new Random(seed), 4);
                OverlayOracle below =
                        new OverlayOracle(trees.mountPoint(), trees.layers.subList(1, trees.layers.size()));
                Pile pile = new Pile(PathWalkTest.levels(trees.layers))) {
            Expected expected = new Expected(below.root());
            expected.walk(pile.root(0), "", true);
            LayerWalk.Counts counts = LayerWalk.count(pile.root(0), pile.rootsBelow(0));
            assertThat(counts.adds().count()).isEqualTo(expected.adds.size());
            assertThat(counts.changes().count()).isEqualTo(expected.changes.size());
            assertThat(counts.hides().count()).isEqualTo(expected.hides.size());
            assertThat(expected.adds).containsAll(paths(counts.adds().samples()));
            assertThat(expected.changes).containsAll(paths(counts.changes().samples()));
            assertThat(expected.hides).containsAll(paths(counts.hides().samples()));
            assertThat(counts.incomplete()).isEmpty();
        }
    }

    private static List<String> paths(List<LayerPath> samples) {
        return samples.stream().map(LayerPath::path).toList();
    }

    private static final class Expected {
        final TreeSet<String> adds = new TreeSet<>();
        final TreeSet<String> changes = new TreeSet<>();
        final TreeSet<String> hides = new TreeSet<>();
        private final InRoot below;

        Expected(InRoot below) {
            this.below = below;
        }

        /** @param shines whether the layers below show through in this directory */
        void walk(DirectoryHandle directory, String path, boolean shines) {
            for (String name : directory.list()) {
                FileStatus status = directory.stat(name);
                String at = path + "/" + name;
                FileStatus other = shines ? below(at) : null;
                if (status.isWhiteout()) {
                    hides.add(at);
                } else if (status.isDirectory()) {
                    try (DirectoryHandle inner = directory.openIn(name)) {
                        boolean opaque = Marks.isOpaque(inner);
                        boolean merged = other != null && other.isDirectory() && !opaque;
                        if (opaque) {
                            hides.add(at);
                        }
                        if (other == null) {
                            adds.add(at);
                        } else if (!merged) {
                            changes.add(at);
                        }
                        walk(inner, at, merged);
                    }
                } else {
                    (other == null ? adds : changes).add(at);
                }
            }
        }

        private FileStatus below(String path) {
            try {
                return below.statusNoFollow(path);
            } catch (LinuxException e) {
                return null;
            }
        }
    }

    @Test
    void theLargestFilesAreTheSamples() throws IOException {
        Path layer = Files.createTempDirectory("cairn-walk-").toRealPath();
        try (DirectoryHandle root = DirectoryHandle.open(layer)) {
            for (int i = 0; i < 30; i++) {
                Files.write(layer.resolve("file" + i), new byte[i * 10]);
            }
            Files.createLink(layer.resolve("same"), layer.resolve("file29"));
            LayerWalk.Counts counts = LayerWalk.count(root, List.of());
            assertThat(counts.size()).isEqualTo(10L * 29 * 30 / 2);
            assertThat(counts.adds().count()).isEqualTo(31);
            assertThat(counts.adds().samples().getFirst()).isEqualTo(new LayerPath("/file29", "file", 290));
            assertThat(counts.adds().samples()).isSortedAccordingTo((a, b) -> Long.compare(b.size(), a.size()));
            assertThat(LayerWalk.count(root, List.of(), 5).incomplete()).isNotEmpty();
        } finally {
            StoreFixture.delete(layer);
        }
    }
}
