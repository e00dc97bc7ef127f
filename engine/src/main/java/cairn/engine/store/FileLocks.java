package cairn.engine.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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

    /** As the kernel prints it: {@code major:minor:inode}, the numbers of the device in hexadecimal. */
    private static String identity(Path file) throws IOException {
        long device = (long) Files.getAttribute(file, "unix:dev", LinkOption.NOFOLLOW_LINKS);
        long inode = (long) Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        // makedev(3) of glibc: each number lies in two parts.
        long major = device >>> 8 & 0xfff | device >>> 32 & ~0xfffL;
        long minor = device & 0xff | device >>> 12 & ~0xffL;
        return String.format("%02x:%02x:%d", major, minor, inode);
    }
}
