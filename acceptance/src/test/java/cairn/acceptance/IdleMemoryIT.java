package cairn.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an engine takes that has nothing to do. */
@Timeout(120)
final class IdleMemoryIT {
    private static final int CONTAINERS = 40;
    private static final long GIVEN_BACK_KB = 3 * 1024;

    @Test
    void whatABusyDaemonTookGoesBack() {
        try (TestDaemon daemon = TestDaemon.fresh()) {
            TestDaemon.onlyCairn("what Docker's daemon keeps is its own affair");
            DockerCli docker = daemon.docker();
            Images.importBusybox(daemon, "box");
            for (int i = 0; i < CONTAINERS; i++) {
                docker.ok("run", "--rm", "--network", "none", "box", "true");
            }
            long busy = resident(daemon);
            Wait.until(
                    Duration.ofSeconds(30),
                    () -> "the daemon still takes " + resident(daemon) + " kB of " + busy,
                    () -> resident(daemon) < busy - GIVEN_BACK_KB);
        }
    }

    private static long resident(TestDaemon daemon) {
        try {
            return Files.readAllLines(Path.of("/proc/" + daemon.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
