package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.explain.OverlayOracle;
import cairn.engine.explain.RandomLayers;
import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Merged trees and changes, against what the kernel makes of the same layers. */
class MergedTreeTest {
    private static final int ROUNDS = 60;

    @BeforeEach
    void needsRoot() throws IOException {
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")), "needs root");
    }

    private static List<String> sh(String script) throws IOException {
        Process process = new ProcessBuilder("sh", "-c", script)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return text.lines().sorted().toList();
    }

    private static List<String> tree(Path directory) throws IOException {
        // A directory that is not merged is read as it is: the kernel lists the whiteouts in it, and then does not find
        // them.
        return sh("cd " + directory
                + " && exec 2>/dev/null; find . -mindepth 1 -type d -printf '%P %y %m\\n' -o -printf '%P %y %l %s %m\\n'"
                + "; find . -type f -exec md5sum {} +");
    }

    @Test
    void flatArchiveIsWhatTheKernelShows() throws IOException {
        Random random = new Random(11);
        for (int round = 0; round < ROUNDS; round++) {
            try (RandomLayers layers = new RandomLayers(random, 2 + random.nextInt(4));
                    OverlayOracle kernel = new OverlayOracle(layers.mountPoint(), layers.layers)) {
                Path tar = layers.mountPoint().resolveSibling("flat.tar");
                Path flat = Files.createDirectory(layers.mountPoint().resolveSibling("flat"));
                try (MergedTree merged = new MergedTree(layers.layers);
                        OutputStream out = Files.newOutputStream(tar)) {
                    MergedTar.write(merged, out);
                }
                sh("tar -xf " + tar + " -C " + flat);
                assertThat(tree(flat)).as("round " + round).containsExactlyElementsOf(tree(kernel.path()));
            }
        }
    }

    @Test
    void changesAreTheDifferenceOfTheKernelsTwoViews() throws IOException {
        Random random = new Random(12);
        for (int round = 0; round < ROUNDS; round++) {
            try (RandomLayers layers = new RandomLayers(random, 3 + random.nextInt(3));
                    OverlayOracle whole = new OverlayOracle(layers.mountPoint(), layers.layers);
                    OverlayOracle below =
                            new OverlayOracle(layers.mountPoint(), layers.layers.subList(1, layers.layers.size()))) {
                List<String> expected = new ArrayList<>();
                compare(whole.path(), below.path(), "", expected);
                assertThat(changes(layers.layers)).as("round " + round).isEqualTo(expected);
            }
        }
    }

    private static List<String> changes(List<Path> layers) {
        try (DirectoryHandle upper = DirectoryHandle.open(layers.getFirst());
                MergedTree below = new MergedTree(layers.subList(1, layers.size()))) {
            return LayerChanges.of(upper, below).stream()
                    .map(change -> change.kind().ordinal() + " " + change.path())
                    .toList();
        }
    }

    /** Moby's rules for two directory trees, written down once more. */
    private static void compare(Path now, Path before, String path, List<String> changes) throws IOException {
        TreeSet<String> gone = isDirectory(before) ? names(before) : new TreeSet<>();
        for (String name : names(now)) {
            int mark = changes.size();
            Path a = now.resolve(name);
            Path b = before.resolve(name);
            boolean existed = isDirectory(before) && Files.exists(b, LinkOption.NOFOLLOW_LINKS);
            gone.remove(name);
            if (!existed) {
                changes.add("1 " + path + "/" + name);
            } else if (differ(a, b)) {
                changes.add("0 " + path + "/" + name);
            }
            boolean said = changes.size() > mark;
            if (isDirectory(a)) {
                compare(a, existed ? b : Path.of("/nonexistent"), path + "/" + name, changes);
            }
            if (!said && changes.size() > mark) {
                changes.add(mark, "0 " + path + "/" + name);
            }
        }
        gone.forEach(name -> changes.add("2 " + path + "/" + name));
    }

    private static boolean isDirectory(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static TreeSet<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> Files.exists(entry, LinkOption.NOFOLLOW_LINKS))
                    .map(entry -> entry.getFileName().toString())
                    .collect(java.util.stream.Collectors.toCollection(TreeSet::new));
        }
    }

    private static boolean differ(Path a, Path b) throws IOException {
        List<String> facts = new ArrayList<>(List.of("unix:mode", "unix:uid", "unix:gid", "unix:rdev"));
        if (!isDirectory(a)) {
            facts.add("unix:size");
            facts.add("unix:lastModifiedTime");
        }
        for (String fact : facts) {
            if (!Files.getAttribute(a, fact, LinkOption.NOFOLLOW_LINKS)
                    .equals(Files.getAttribute(b, fact, LinkOption.NOFOLLOW_LINKS))) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aCopyThatWasLeftAsItWasIsNoChange() throws IOException {
        Path directory = Files.createTempDirectory("cairn-changes-");
        try {
            Path upper = Files.createDirectories(directory.resolve("upper/d/e"))
                    .getParent()
                    .getParent();
            Path lower = Files.createDirectories(directory.resolve("lower/d/e"))
                    .getParent()
                    .getParent();
            FileTime time = FileTime.fromMillis(1_700_000_000_000L);
            for (Path layer : List.of(upper, lower)) {
                Files.setLastModifiedTime(Files.writeString(layer.resolve("d/e/same"), "x"), time);
                Files.setLastModifiedTime(Files.writeString(layer.resolve("d/other"), "x"), time);
            }
            assertThat(changes(List.of(upper, lower))).isEmpty();
            Files.setPosixFilePermissions(
                    upper.resolve("d/e"), java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
            assertThat(changes(List.of(upper, lower))).containsExactly("0 /d", "0 /d/e");
        } finally {
            StoreFixture.delete(directory);
        }
    }

    @Test
    void depthCostsNoDescriptors() throws IOException {
        Path directory = Files.createTempDirectory("cairn-deep-");
        try {
            Path upper = Files.createDirectory(directory.resolve("upper"));
            Path lower = Files.createDirectory(directory.resolve("lower"));
            int depth = 600;
            for (Path layer : List.of(upper, lower)) {
                deep(layer, depth);
            }
            long before = Files.list(Path.of("/proc/self/fd")).count();
            long[] most = {0};
            try (MergedTree tree = new MergedTree(List.of(upper, lower))) {
                MergedTar.write(tree, new OutputStream() {
                    @Override
                    public void write(int b) {}

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                            most[0] = Math.max(most[0], open.count());
                        }
                    }
                });
            }
            assertThat(most[0] - before).isBetween(1L, 60L);
            assertThat(changes(List.of(upper, lower)))
                    .hasSize(depth + 1)
                    .last()
                    .asString()
                    .startsWith("1 /long-name");
        } finally {
            StoreFixture.delete(directory);
        }
    }

    /** Longer than any path that the kernel takes in one call. */
    private static void deep(Path layer, int depth) {
        DirectoryHandle at = DirectoryHandle.open(layer);
        for (int i = 0; i < depth; i++) {
            at.mkdir("long-name", 0755);
            DirectoryHandle inner = at.openIn("long-name");
            at.close();
            at = inner;
        }
        if (layer.endsWith("upper")) {
            at.mknod("fifo", FileStatus.S_IFIFO | 0644, 0, 0);
        }
        at.close();
    }
}
