package cairn.engine.layer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** An ext4 file system of its own, of limited size, whose disk is memory: so a sync costs little, and what overflows is nobody else's. */
public final class ScratchVolume implements AutoCloseable {
    private final Path directory;

    public ScratchVolume(int mebibytes) throws IOException {
        directory = Files.createTempDirectory("cairn-volume-").toRealPath();
        run("mount", "-t", "tmpfs", "-o", "size=" + (mebibytes + 64) + "m", "cairn-volume", directory.toString());
        try {
            Path image = directory.resolve("image");
            run("truncate", "-s", mebibytes + "m", image.toString());
            run("mkfs.ext4", "-q", "-b", "4096", "-m", "0", image.toString());
            Files.createDirectory(path());
            run("mount", "-o", "loop", image.toString(), path().toString());
        } catch (IOException e) {
            run("umount", directory.toString());
            throw e;
        }
    }

    public Path path() {
        return directory.resolve("volume");
    }

    /** Bytes and inodes in use. */
    public long used() throws IOException {
        var store = Files.getFileStore(path());
        return store.getTotalSpace() - store.getUnallocatedSpace();
    }

    @Override
    public void close() throws IOException {
        run("umount", path().toString());
        run("umount", directory.toString());
        Files.delete(directory);
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
