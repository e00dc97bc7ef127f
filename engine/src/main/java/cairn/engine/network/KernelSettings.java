package cairn.engine.network;

import cairn.engine.error.Problem;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Settings of the host's kernel below {@code /proc/sys/net}. They are for the whole machine, and are left as they are when the engine ends. */
final class KernelSettings {
    private static final System.Logger LOG = System.getLogger(KernelSettings.class.getName());
    static final Path SYSTEM = Path.of("/proc/sys/net");

    private KernelSettings() {}

    /**
     * Not by {@link Files#readString}: where the size is said to be 0 that reads a single byte first, and the kernel gives such a file's content
     * to one read only.
     */
    static String read(Path file) throws IOException {
        try (InputStream in = new FileInputStream(file.toFile())) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        }
    }

    /** Does nothing if the kernel has no such setting: without IPv6 there is none of it. */
    static void set(String name, String value) {
        Path file = SYSTEM.resolve(name);
        try {
            if (Files.exists(file) && !read(file).equals(value)) {
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
    static void raise(String name, int least) {
        Path file = SYSTEM.resolve(name);
        try {
            if (Files.exists(file) && Integer.parseInt(read(file)) < least) {
                Files.writeString(file, Integer.toString(least));
            }
        } catch (IOException | NumberFormatException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} stays below {1}: {2}", file, least, e.getMessage());
        }
    }
}
