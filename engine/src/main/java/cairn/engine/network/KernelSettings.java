package cairn.engine.network;

import cairn.engine.error.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Settings of the host's kernel below {@code /proc/sys/net}. They are for the whole machine, and are left as they are when the engine ends. */
final class KernelSettings {
    private static final System.Logger LOG = System.getLogger(KernelSettings.class.getName());
    static final Path SYSTEM = Path.of("/proc/sys/net");

    private KernelSettings() {}

    /** Does nothing if the kernel has no such setting: without IPv6 there is none of it. */
    static void set(String name, String value) {
        Path file = SYSTEM.resolve(name);
        try {
            if (Files.exists(file) && !Files.readString(file).strip().equals(value)) {
                Files.writeString(file, value);
            }
        } catch (IOException e) {
            throw new Problem.Internal("cannot set " + file + " to " + value + ": " + e.getMessage()).exception(e);
        }
    }

    /**
     * Makes room for neighbours. The kernel counts those of all network namespaces together, and the default of 1,024 is two for each of 512
     * containers: the gateway as the container knows it, and the container as the host knows it. Whoever speaks while the table is full gets
     * ENOBUFS. The numbers are those that Docker sets for its overlay networks.
     */
    static void manyNeighbours() {
        for (String family : new String[] {"ipv4", "ipv6"}) {
            String threshold = family + "/neigh/default/gc_thresh";
            raise(threshold + 3, 65536);
            raise(threshold + 2, 49152);
            raise(threshold + 1, 8192);
        }
    }

    /** It is no fault where that cannot be: fewer containers can speak at once. */
    private static void raise(String name, int least) {
        Path file = SYSTEM.resolve(name);
        try {
            if (Files.exists(file) && Integer.parseInt(Files.readString(file).strip()) < least) {
                Files.writeString(file, Integer.toString(least));
            }
        } catch (IOException | NumberFormatException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} stays below {1}: {2}", file, least, e.getMessage());
        }
    }
}
