package cairn.engine.explain;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.wire.explain.PathExplanation;
import cairn.wire.explain.PathLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel mounts the same layers; what it shows is what must be explained. */
class PathWalkTest {
    private static final int LIMIT = 1000;

    @BeforeEach
    void needsRoot() throws IOException {
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")), "needs root");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void everyPathComesFromWhereTheMountTakesIt(long seed) throws IOException {
        try (RandomLayers trees = new RandomLayers(new Random(seed), 3);
                OverlayOracle oracle = new OverlayOracle(trees.mountPoint(), trees.layers);
                Pile pile = new Pile(levels(trees.layers))) {
            int existing = 0;
            for (String path : RandomLayers.paths()) {
                for (boolean follow : new boolean[] {false, true}) {
                    existing += compare(oracle.root(), trees, pile, path, follow) ? 1 : 0;
                }
            }
            assertThat(existing).as("paths that exist at all").isPositive();
        }
    }

    static List<Level> levels(List<Path> layers) {
        List<Level> levels = new ArrayList<>();
        for (Path layer : layers) {
            levels.add(new Level(Level.IMAGE, "LINK" + levels.size(), "", layer, null, "", ""));
        }
        return levels;
    }

    private static boolean compare(InRoot merged, RandomLayers trees, Pile pile, String path, boolean follow)
            throws IOException {
        PathWalk.End end = PathWalk.walk(pile, null, path, follow);
        PathExplanation explained = new PathWords(pile, end).explain(path, null, "");
        FileStatus expected;
        try {
            expected = follow ? merged.status(path) : merged.statusNoFollow(path);
        } catch (LinuxException e) {
            assertThat(e.errno()).isIn(Errno.ELOOP, Errno.ENOTDIR);
            assertThat(end.loop()).as("loop at %s", path).isEqualTo(e.errno() == Errno.ELOOP);
            expected = null;
        }
        String about = (follow ? "following " : "") + path + ": " + explained;
        assertThat(explained.exists()).as(about).isEqualTo(expected != null);
        if (expected == null) {
            assertThat(explained.deletedBy() != null)
                    .as(about)
                    .isEqualTo(!end.loop() && inAnyLayer(trees.layers, explained.resolved()));
            return false;
        }
        assertThat(explained.type()).as(about).isEqualTo(Marks.type(expected));
        PathLayer supplier = explained.supplier();
        Path source = Path.of(supplier.hostPath());
        assertThat(Files.exists(source, LinkOption.NOFOLLOW_LINKS)).as(about).isTrue();
        if (expected.isRegular()) {
            assertThat(Files.readAllBytes(source)).as(about).isEqualTo(merged.readSmallFile(path, LIMIT));
        } else if (expected.isLink()) {
            assertThat(Files.readSymbolicLink(source)).as(about).hasToString(merged.readlink(path));
        }
        return true;
    }

    /** Whether a layer alone has anything there, a whiteout included. */
    private static boolean inAnyLayer(List<Path> layers, String path) {
        for (Path layer : layers) {
            Path at = layer;
            boolean directories = true;
            for (String name : path.substring(1).split("/")) {
                directories &= Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS);
                at = at.resolve(name);
            }
            if (directories && Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
                return true;
            }
        }
        return false;
    }
}
