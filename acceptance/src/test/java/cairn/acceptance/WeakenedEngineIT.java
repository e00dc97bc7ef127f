package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Proof that tests of attacks can fail: an engine from whose classes safeguards were taken out, in copies of their sources, is attacked as
 * the sound one is. Each attack has to succeed on the one, and with {@code CAIRN_LONG} it is seen to fail on the other. The shim's safeguards: shim/test/weakened.
 */
final class WeakenedEngineIT {
    private static final String SECRET = "of the host only";

    /** A safeguard: the jar and source that have it, the text that holds it up, and what stands there without it. */
    private record Safeguard(String module, String source, String text, String without) {}

    private static final List<Safeguard> SAFEGUARDS = List.of(
            new Safeguard(
                    "linux",
                    "cairn/linux/InRoot.java",
                    "return (int) FileCalls.open(scratch, fd, scratch.text(path), flags, resolve);",
                    // For this name only: the test is not to write all over the host.
                    "return (int) FileCalls.open(scratch, fd, scratch.text(path.startsWith(\"/leak\") ? path.substring(1) : path),"
                            + " flags, path.startsWith(\"/leak\") ? 0 : resolve);"),
            new Safeguard(
                    "linux",
                    "cairn/linux/TreeRemoval.java",
                    "FileCalls.RESOLVE_NO_XDEV | FileCalls.RESOLVE_NO_SYMLINKS",
                    "FileCalls.RESOLVE_NO_SYMLINKS"),
            new Safeguard(
                    "engine",
                    "cairn/engine/launch/LaunchPlanner.java",
                    "groups.array(), bounding, own, own, 0, 0)",
                    "groups.array(), bounding, own, own, own, 0)"),
            new Safeguard(
                    "engine",
                    "cairn/engine/launch/LaunchPlanner.java",
                    "if (process.seccomp() != null) {",
                    "if (process.noNewPrivileges() && process.seccomp() != null) {"),
            new Safeguard("engine", "cairn/engine/container/Users.java", "if (id > LARGEST_ID) {", "if (id < 0) {"));

    private static String out(Path path) {
        return "/../../../../../../../.." + path;
    }

    /** The classes that were changed go into the jars of a copy of the dist. */
    private static Path weakened(Path work) throws IOException {
        Path dist = work.resolve("dist");
        Command.run("cp", "-rL", TestDaemon.dist().toString(), dist.toString()).ok();
        // The classes in there would be taken instead of the changed ones.
        Command.run("rm", "-r", dist.resolve("cache").toString()).ok();
        Map<String, String> sources = new LinkedHashMap<>();
        for (Safeguard one : SAFEGUARDS) {
            String name = one.module() + "/src/main/java/" + one.source();
            String text = sources.getOrDefault(name, "");
            text = text.isEmpty() ? Files.readString(TestDaemon.tree().resolve(name)) : text;
            assertThat(text.split(Pattern.quote(one.text()), -1))
                    .as(one.toString())
                    .hasSize(2);
            sources.put(name, text.replace(one.text(), one.without()));
        }
        for (Map.Entry<String, String> source : sources.entrySet()) {
            String module = source.getKey().substring(0, source.getKey().indexOf('/'));
            Path file = work.resolve("sources/" + source.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, source.getValue());
            Path classes = work.resolve("classes-" + module);
            Command.run(
                            Path.of(System.getProperty("java.home"), "bin/javac")
                                    .toString(),
                            "-nowarn",
                            "-proc:none",
                            "-d",
                            classes.toString(),
                            "-cp",
                            // Annotations are of the tests' class path alone.
                            dist + "/lib/*:" + System.getProperty("java.class.path"),
                            file.toString())
                    .ok();
            String update = "cd " + classes + " && " + System.getProperty("java.home") + "/bin/jar uf " + dist
                    + "/lib/cairn-" + module + "-*.jar cairn";
            Command.run("sh", "-c", update).ok();
        }
        String real = TestDaemon.dist().toRealPath().toString();
        for (String file : List.of("env", "bin/cairnd")) {
            Path script = dist.resolve(file);
            Files.writeString(script, Files.readString(script).replace(real, dist.toString()));
        }
        return dist.resolve("bin/cairnd");
    }

    /** Which attacks succeed. */
    private static Map<String, Boolean> attacks(TestDaemon daemon, Path work) throws IOException {
        Path canary = Files.createDirectories(work.resolve("canary"));
        Files.writeString(canary.resolve("secret"), SECRET);
        Path root = Images.busyboxRoot(Files.createTempDirectory(work, "image"));
        Files.createSymbolicLink(root.resolve("leak"), Path.of(out(canary)));
        DockerCli docker = daemon.docker();
        Images.importTree(docker, root, "box", "ENV PATH=/bin");
        Map<String, Boolean> succeeded = new LinkedHashMap<>();

        docker.ok("run", "--name", "victim", "--network", "none", "box", "mkdir", "-p", "/sub/deep");
        String copied =
                daemon.api().get("/containers/victim/archive?path=/leak/secret").text();
        succeeded.put("a copy through a link of the image", copied.contains(SECRET));

        Path inside = Path.of(docker.inspect("victim", "{{.GraphDriver.Data.UpperDir}}"), "sub/deep");
        Command.run("mount", "--bind", canary.toString(), inside.toString()).ok();
        docker.run("rm", "-f", "victim");
        Wait.pause(Duration.ofMillis(500));
        succeeded.put("a removal that walks into a mount", !Files.exists(canary.resolve("secret")));
        for (String mount : LeakLedger.mountsBelow(daemon.dataRoot())) {
            Command.run("umount", "-l", mount.split(" ")[4]);
        }
        docker.run("rm", "-f", "victim");

        String status = docker.run("run", "--rm", "--network", "none", "box", "cat", "/proc/self/status")
                .out();
        succeeded.put("inheritable capabilities", !status.contains("CapInh:\t0000000000000000"));
        succeeded.put("no filter", !status.contains("Seccomp:\t2"));
        succeeded.put(
                "a user beyond 2^31",
                docker.run("run", "--rm", "--network", "none", "-u", "2147483648", "box", "true")
                                .exit()
                        == 0);
        return succeeded;
    }

    @Test
    void attacksSucceedWhereTheirSafeguardIsMissingAndNowhereElse() throws IOException {
        TestDaemon.onlyCairn("its classes are not Docker's");
        Path work = TestDaemon.newDirectory();
        try {
            // Each of them is tested for itself elsewhere.
            if (System.getenv("CAIRN_LONG") != null) {
                try (TestDaemon sound = TestDaemon.fresh()) {
                    assertThat(attacks(sound, Files.createDirectory(work.resolve("sound")))
                                    .values())
                            .hasSameSizeAs(SAFEGUARDS)
                            .containsOnly(false);
                }
            }
            Path weak = weakened(work);
            try (TestDaemon daemon = TestDaemon.on(TestDaemon.newDirectory(), weak.toString())) {
                Map<String, Boolean> succeeded = attacks(daemon, Files.createDirectory(work.resolve("weak")));
                assertThat(succeeded)
                        .allSatisfy((attack, success) ->
                                assertThat(success).as(attack).isTrue());
                System.out.println(
                        "FIGURE weakened engine, attacks caught = " + succeeded.size() + " of " + SAFEGUARDS.size());
            }
        } finally {
            TestDaemon.deleteTree(work);
        }
    }
}
