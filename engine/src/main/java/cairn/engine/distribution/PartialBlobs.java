package cairn.engine.distribution;

import static java.lang.System.Logger.Level.WARNING;

import cairn.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived of blobs that are not in the store yet, one file for each, named by its digest: so that the next pull, of this daemon or
 * a later one, fetches only the rest. Nothing here is trusted or synced; the digest at the end decides.
 */
public final class PartialBlobs {
    /** Longer than a week nobody waits. */
    static final Duration KEPT = Duration.ofDays(7);
    /** Of all of them together; the oldest go first. */
    static final long MAX_BYTES = 16L << 30;

    private static final System.Logger LOG = System.getLogger(PartialBlobs.class.getName());

    private final Path directory;
    private final Set<String> held = new HashSet<>();

    public PartialBlobs(Path directory) {
        this.directory = directory;
    }

    /** Waits until nobody else holds the blob's file. */
    Partial hold(Digest blob) throws InterruptedException {
        synchronized (held) {
            while (!held.add(blob.hex())) {
                held.wait();
            }
        }
        return new Partial(directory.resolve(blob.hex()), blob.hex());
    }

    /** The blob is in the store. Who reads the file at this moment reads on. */
    void remove(Digest blob) {
        delete(directory.resolve(blob.hex()));
    }

    /** Removes what is too old or too much, except for what is being worked on. */
    public void sweep() {
        Instant oldest = Instant.now().minus(KEPT);
        long bytes = 0;
        for (Found found : list()) {
            bytes += found.length;
            if (found.modified.isBefore(oldest) || bytes > MAX_BYTES) {
                deleteUnlessHeld(found);
            }
        }
    }

    /** Removes all that nobody works on; the bytes that this frees. */
    public long prune() {
        long freed = 0;
        for (Found found : list()) {
            freed += deleteUnlessHeld(found) ? found.length : 0;
        }
        return freed;
    }

    private record Found(Path file, long length, Instant modified) {}

    /** The newest first. */
    private List<Found> list() {
        List<Found> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                all.add(new Found(
                        file, Files.size(file), Files.getLastModifiedTime(file).toInstant()));
            }
        } catch (IOException e) {
            LOG.log(WARNING, "{0}: {1}", directory, e.getMessage());
        }
        all.sort(Comparator.comparing(Found::modified).reversed());
        return all;
    }

    private boolean deleteUnlessHeld(Found found) {
        synchronized (held) {
            if (held.contains(String.valueOf(found.file.getFileName()))) {
                return false;
            }
            return delete(found.file);
        }
    }

    private static boolean delete(Path file) {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(WARNING, "cannot delete {0}: {1}", file, e.getMessage());
            return false;
        }
    }

    /** One file, for whoever holds it. A file that cannot be written is given up, and the blob goes on without one. */
    final class Partial implements AutoCloseable {
        private final Path file;
        private final String name;
        private @Nullable OutputStream out;
        private boolean givenUp;

        private Partial(Path file, String name) {
            this.file = file;
            this.name = name;
        }

        /** Bytes that are there; one that is longer than the blob is no part of it, and goes. */
        long length(long blobSize) {
            try {
                long length = Files.exists(file) ? Files.size(file) : 0;
                if (length > blobSize) {
                    discard();
                    return 0;
                }
                return length;
            } catch (IOException e) {
                return 0;
            }
        }

        InputStream read() throws IOException {
            return Files.newInputStream(file);
        }

        void append(byte[] bytes, int offset, int length) {
            if (givenUp) {
                return;
            }
            try {
                if (out == null) {
                    out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
                out.write(bytes, offset, length);
            } catch (IOException e) {
                LOG.log(WARNING, "cannot keep what arrives in {0}: {1}", file, e.getMessage());
                discard();
                givenUp = true;
            }
        }

        /** What is there is worth nothing. */
        void discard() {
            closeOut();
            delete(file);
        }

        private void closeOut() {
            if (out != null) {
                try {
                    out.close();
                } catch (IOException e) {
                    // Nothing was promised.
                }
                out = null;
            }
        }

        @Override
        public void close() {
            closeOut();
            synchronized (held) {
                held.remove(name);
                held.notifyAll();
            }
        }
    }
}
