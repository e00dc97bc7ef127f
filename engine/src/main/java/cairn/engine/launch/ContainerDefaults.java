package cairn.engine.launch;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What every container gets unless it asks for something else: Docker's defaults, to the letter. */
public final class ContainerDefaults {
    public static final long SHM_BYTES = 64L << 20;

    public static final List<String> READ_ONLY_PATHS =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private static final List<String> MASKED_PATHS = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/sys/devices/virtual/powercap",
            "/sys/firmware");

    private static final Path CPUS = Path.of("/sys/devices/system/cpu");

    private ContainerDefaults() {}

    /** Looked up once: what the machine's processors show does not change while it runs. */
    private static final class Masked {
        static final List<String> PATHS = findMaskedPaths();
    }

    /** The fixed paths, and each processor's thermal_throttle where the machine has one (GHSA-6fw5-f8r9-fgfm). */
    public static List<String> maskedPaths() {
        return Masked.PATHS;
    }

    private static List<String> findMaskedPaths() {
        List<String> paths = new ArrayList<>(MASKED_PATHS);
        try (DirectoryStream<Path> cpus = Files.newDirectoryStream(CPUS, "cpu[0-9]*")) {
            List<String> throttles = new ArrayList<>();
            for (Path cpu : cpus) {
                Path throttle = cpu.resolve("thermal_throttle");
                if (Files.isDirectory(throttle)) {
                    throttles.add(throttle.toString());
                }
            }
            throttles.sort(null);
            paths.addAll(throttles);
        } catch (IOException e) {
            // No such directory: nothing to hide.
        }
        return List.copyOf(paths);
    }

    /**
     * Device rules in the form of the v1 devices controller: nothing, but making nodes of any device, the standard devices and
     * terminals.
     */
    public static final List<String> DEVICE_RULES = List.of(
            "c *:* m",
            "b *:* m",
            "c 1:3 rwm",
            "c 1:5 rwm",
            "c 1:7 rwm",
            "c 1:8 rwm",
            "c 1:9 rwm",
            "c 5:0 rwm",
            "c 5:1 rwm",
            "c 5:2 rwm",
            "c 136:* rwm");
}
