package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/** What the tests of crashes have in common: images to work on, and the question whether the store is whole. */
final class CrashStore {
    private CrashStore() {}

    /** Fails with the findings if there are any. */
    static void assertWhole(TestDaemon daemon) {
        String report = daemon.api().get("/cairn/store/check").text();
        assertThat(report).contains("\"Summary\":{").contains("\"Findings\":0,").doesNotContain("\"Finding\":{");
    }

    /** What an interrupted removal or load leaves without a name. */
    static void removeDangling(DockerCli docker) {
        for (String id :
                docker.ok("images", "-q", "--filter", "dangling=true").lines().toList()) {
            docker.run("rmi", "-f", id);
        }
    }

    /** An archive of an image of two layers, the lower one busybox, the upper one of a few hundred small files. */
    static Path archive(Path work, String name) {
        try {
            Path top = Files.createDirectories(work.resolve("top"));
            for (int i = 0; i < 300; i++) {
                Files.writeString(top.resolve("file" + i), name + i + "x".repeat(10_000));
            }
            Path busybox = Images.busyboxTar(Files.createDirectories(work.resolve("bb")));
            return Images.archive(
                    work, name, "\"Cmd\":[\"sh\"]", List.of(busybox, Images.tar(top, work.resolve("top.tar"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A program in place of the engine, which ends up running it. */
    static Path wrapper(Path directory, String script) {
        try {
            Path file = Files.writeString(directory.resolve("engine"), "#!/bin/sh\n" + script);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param forced whether it may be ended from here if it does not end by itself */
    static void awaitEnd(TestDaemon daemon, boolean forced) {
        long end = System.nanoTime() + Duration.ofSeconds(forced ? 1 : 30).toNanos();
        while (daemon.isRunning() && System.nanoTime() < end) {
            Wait.pause(Duration.ofMillis(20));
        }
        if (daemon.isRunning()) {
            assertThat(forced).as("the daemon ends by itself").isTrue();
            daemon.kill();
        }
    }
}
