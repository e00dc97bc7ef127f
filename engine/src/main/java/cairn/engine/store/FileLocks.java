package cairn.engine.store;

import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Who holds locks on a file, read from /proc/locks (proc_locks(5)), without taking one. */
final class FileLocks {
    private FileLocks() {}

    /**
     * The process that holds such a lock on the file, or null.
     *
     * @param kind FLOCK for flock(2), POSIX for fcntl(2)
     */
    static @Nullable String holder(Path file, String kind) throws IOException {
        String wanted = identity(file);
        for (String line : Files.readAllLines(Path.of("/proc/locks"))) {
            // 1: FLOCK  ADVISORY  WRITE 708 08:01:2228279 0 EOF; a waiting one has "->" after the number.
            String[] words = line.strip().split("\\s+", -1);
            if (words.length >= 6 && words[1].equals(kind) && words[5].equals(wanted)) {
                return words[4];
            }
        }
        return null;
    }

    private static String identity(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("no directory in " + file);
        }
        try (DirectoryHandle directory = DirectoryHandle.open(parent)) {
            FileStatus status = directory.stat(file.getFileName().toString());
            return status == null
                    ? ""
                    : String.format("%02x:%02x:%d", status.deviceMajor(), status.deviceMinor(), status.inode());
        }
    }
}
