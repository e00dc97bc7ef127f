package cairn.engine.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.error.EngineException;
import cairn.engine.layer.StoreFixture;
import cairn.wire.lab.UnionMount;
import cairn.wire.lab.UnionRequest;
import cairn.wire.lab.UnionUndoRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The walk runs in a JVM of its own, in a mount namespace of its own, so that no mount of a test is ever the machine's. */
class UnionsTest {
    @Test
    void theFirstBranchIsWrittenToAndHidesTheOthers() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")), "needs root");
        Path directory = Files.createTempDirectory("cairn-union-").toRealPath();
        try {
            Process walk = new ProcessBuilder(
                            "unshare",
                            "-m",
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            UnionsTest.class.getName(),
                            directory.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(walk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(walk.waitFor()).as(output).isZero();
            assertThat(output).contains("the walk is done");
        } finally {
            StoreFixture.delete(directory);
        }
    }

    /** The walk. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        // Names that overlayfs takes for separators unless they are escaped.
        Path a = Files.createDirectory(directory.resolve("A:1,x y"));
        Path b = Files.createDirectory(directory.resolve("B:2,\\z"));
        Path c = Files.createDirectory(directory.resolve("C"));
        Files.writeString(a.resolve("t1.txt"), "a1");
        Files.writeString(a.resolve("t2.txt"), "a2");
        Files.writeString(b.resolve("t2.txt"), "b2");
        Files.writeString(b.resolve("t3.txt"), "b3");
        UnionRequest request = new UnionRequest(List.of(a.toString(), b.toString()), c.toString());
        Unions unions = new Unions();

        UnionMount mount = unions.mount(request);
        assertThat(mount.upper()).isEqualTo(a.toString());
        assertThat(mount.lower()).containsExactly(b.toString());
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).contains(mount.line() + "\n");
        assertThat(Path.of(mount.work())).exists();
        assertThat(names(c)).containsExactly("t1.txt", "t2.txt", "t3.txt");
        assertThat(c.resolve("t2.txt")).hasContent("a2");
        Files.writeString(c.resolve("t3.txt"), "new");
        assertThat(a.resolve("t3.txt")).hasContent("new");
        assertThat(b.resolve("t3.txt")).hasContent("b3");

        refused(() -> unions.mount(request), "something is mounted at");
        Path other = Files.createDirectory(directory.resolve("other"));
        refused(
                () -> unions.mount(new UnionRequest(request.branches(), other.toString())),
                "is the first branch of the union at");
        Path inUnion = Files.createDirectory(c.resolve("inner"));
        refused(
                () -> unions.mount(new UnionRequest(List.of(inUnion.toString(), b.toString()), other.toString())),
                "lies on an overlay");
        refused(
                () -> unions.mount(new UnionRequest(List.of(a.toString()), other.toString())),
                "two directories or more");
        refused(
                () -> unions.mount(new UnionRequest(List.of(a.toString(), a + "/inner"), other.toString())),
                "lie in one another");
        refused(
                () -> unions.mount(new UnionRequest(List.of(a.toString(), "/no/such"), other.toString())),
                "no such directory");
        refused(() -> unions.mount(new UnionRequest(request.branches(), a + "/t1.txt")), "not a directory");
        refused(() -> unions.undo(new UnionUndoRequest(other.toString())), "no union is mounted at");

        unions.undo(new UnionUndoRequest(c.toString()));
        assertThat(names(c)).isEmpty();
        assertThat(names(directory)).containsExactly("A:1,x y", "B:2,\\z", "C", "other");
        assertThat(a.resolve("t3.txt")).hasContent("new");
        System.out.println("the walk is done");
    }

    private static void refused(Runnable call, String why) {
        try {
            call.run();
        } catch (EngineException e) {
            assertThat(e).hasMessageContaining(why);
            return;
        }
        throw new AssertionError("not refused: " + why);
    }

    private static List<String> names(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> entries = Files.list(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        }
        names.sort(null);
        return names;
    }
}
