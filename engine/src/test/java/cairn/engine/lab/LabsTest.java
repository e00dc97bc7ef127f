package cairn.engine.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.linux.MountEntry;
import cairn.linux.MountTable;
import cairn.wire.lab.ChrootRequest;
import cairn.wire.lab.LabPlan;
import cairn.wire.lab.NamespacesRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabsTest {
    private static final Path SHIM =
            Path.of("../shim/build/cairn-shim").toAbsolutePath().normalize();
    private static final List<String> ENVIRONMENT = List.of("PATH=/usr/bin:/bin");

    @TempDir
    Path directory;

    private final Labs labs = new Labs(SHIM);

    private record Ended(int code, String output) {}

    /** As the caller does it. */
    private Ended run(LabPlan plan) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")), "needs root");
        Assumptions.assumeTrue(Files.isExecutable(SHIM), "needs the shim");
        Path file = Files.write(directory.resolve("plan"), Base64.getDecoder().decode(plan.plan()));
        Process shim = new ProcessBuilder(plan.shim(), "run", file.toString())
                .redirectErrorStream(true)
                .start();
        shim.getOutputStream().close();
        String output = new String(shim.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(shim.waitFor(), output);
    }

    private static NamespacesRequest request(
            List<String> kinds, boolean makePrivate, List<String> tmpfs, String script) {
        return new NamespacesRequest(kinds, makePrivate, tmpfs, List.of("sh", "-c", script), ENVIRONMENT, "", "");
    }

    /** Elsewhere other programs mount what they like meanwhile. */
    private static List<MountEntry> mountsAt(String place) {
        return MountTable.read().stream()
                .filter(entry -> entry.mountPoint().equals(place))
                .toList();
    }

    @Test
    void theStepsOfAPlan() {
        NamespacesRequest request = new NamespacesRequest(
                List.of("mount", "pid", "uts"),
                true,
                List.of("/tmp"),
                List.of("true"),
                List.of("PATH=/a:/b"),
                "/",
                "lab");
        assertThat(labs.namespaces(request).steps()).isEqualTo("""
                        RUN
                        prepare:
                          MONITOR "" 2 1 0 0 0 0
                          CLONE 0x24020000 ""
                        connect:
                        inside:
                          CHDIR /
                          PROPAGATION / 0x44000
                          MOUNT tmpfs none /tmp 0 ""
                          MOUNT proc proc /proc 0xe ""
                          HOSTNAME lab
                          EXEC [/a/true, /b/true] [true] [PATH=/a:/b]
                        """);
    }

    @Test
    void aTmpfsInThereIsNotSeenByTheHost() throws IOException, InterruptedException {
        Path busy = Files.createDirectory(directory.resolve("busy"));
        Files.createFile(busy.resolve("file"));
        Object before = mountsAt(busy.toString());
        Ended ended = run(labs.namespaces(request(
                List.of(),
                true,
                List.of(busy.toString()),
                "ls -A " + busy + "; grep -c " + busy + " /proc/mounts; exit 7")));
        assertThat(ended).isEqualTo(new Ended(7, "1\n"));
        assertThat(mountsAt(busy.toString())).isEqualTo(before);
        assertThat(busy.resolve("file")).exists();
    }

    @Test
    void newNamespacesAreNewAndOthersAreNot() throws IOException, InterruptedException {
        String script = "readlink /proc/self/ns/uts /proc/self/ns/net; hostname; echo $$; ls -d /proc/[0-9]* | wc -l";
        NamespacesRequest request = new NamespacesRequest(
                List.of("mount", "pid", "uts"),
                false,
                List.of(),
                List.of("sh", "-c", script),
                ENVIRONMENT,
                "",
                "inner");
        Object before = mountsAt("/proc");
        List<String> lines = run(labs.namespaces(request)).output().lines().toList();
        Path own = Path.of("/proc/self/ns");
        assertThat(lines.get(0))
                .isNotEqualTo(Files.readSymbolicLink(own.resolve("uts")).toString());
        assertThat(lines.get(1))
                .isEqualTo(Files.readSymbolicLink(own.resolve("net")).toString());
        assertThat(lines.get(2)).isEqualTo("inner");
        assertThat(lines.get(3)).isEqualTo("1");
        assertThat(Integer.parseInt(lines.get(4))).isBetween(1, 4);
        assertThat(mountsAt("/proc")).isEqualTo(before);
    }

    @Test
    void aProgramThatIsMissingIsExitCode127() throws IOException, InterruptedException {
        NamespacesRequest request =
                new NamespacesRequest(List.of(), false, List.of(), List.of("no-such-program"), ENVIRONMENT, "", "");
        Ended ended = run(labs.namespaces(request));
        assertThat(ended.code()).isEqualTo(127);
        assertThat(ended.output()).contains("no-such-program");
    }

    @Test
    void chrootEntersTheDirectoryAndNothingElse() throws IOException, InterruptedException {
        Path busybox = Path.of("/usr/bin/busybox");
        Assumptions.assumeTrue(Files.isExecutable(busybox), "needs busybox");
        Path root = Files.createDirectories(directory.resolve("root"));
        Files.createDirectory(root.resolve("bin"));
        Files.copy(busybox, root.resolve("bin/sh"));
        assertThat(root.resolve("bin/sh").toFile().setExecutable(true)).isTrue();
        Ended ended =
                run(labs.chroot(new ChrootRequest(root.toString(), List.of("sh", "-c", "pwd; echo /*"), ENVIRONMENT)));
        assertThat(ended).isEqualTo(new Ended(0, "/\n/bin\n"));
        assertThat(labs.chroot(new ChrootRequest(root.toString(), List.of(), ENVIRONMENT))
                        .steps())
                .contains("EXEC [/bin/sh] [/bin/sh]");
    }

    @Test
    void nonsenseIsRefusedWithItsReason() throws IOException {
        refused(
                new NamespacesRequest(List.of("disk"), false, List.of(), List.of(), List.of(), "", ""),
                "unknown kind of namespace: disk");
        refused(request(List.of("pid"), true, List.of(), ""), "need a new mount namespace");
        refused(request(List.of("mount"), true, List.of("/no/such/place"), ""), "no such directory: /no/such/place");
        refused(request(List.of("mount"), true, List.of("tmp"), ""), "not an absolute path: tmp");
        refused(new NamespacesRequest(List.of(), false, List.of(), List.of("a\0b"), List.of(), "", ""), "NUL");
        refused(
                new NamespacesRequest(List.of(), false, List.of(), List.of(), List.of(), "", "name"),
                "new uts namespace");
        assertThatThrownBy(() -> labs.chroot(new ChrootRequest(directory.toString(), List.of(), List.of())))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("neither /bin/bash nor /bin/sh is in");
    }

    private void refused(NamespacesRequest request, String why) {
        assertThatThrownBy(() -> labs.namespaces(request))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(why);
    }
}
