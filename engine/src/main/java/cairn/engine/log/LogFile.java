package cairn.engine.log;

import cairn.engine.plan.LogFormat;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One log on disk: the file that its writer writes to, and its predecessors {@code .1}, {@code .2} ..., the higher the older, plain or, with
 * {@code .gz} behind it, compressed.
 *
 * <p>Names change while others look at them: the writer renames when it rotates, {@link LogCompression} when it has compressed. Whoever needs
 * them to stand still locks the directory.
 */
public record LogFile(Path path, LogFormat format) {
    private static final String GZIP = ".gz";

    /** What stands behind the name. Five digits are more than there may be files. */
    private static final Pattern OLD = Pattern.compile("\\.([1-9][0-9]{0,4})(\\.gz)?");

    /** Times a lock is tried for, each a millisecond long: those who hold it do so for a few system calls. */
    private static final int TRIES = 1000;

    /** One of the files. @param number 0 for the one that is written to; @param gzip whether it is compressed */
    record Member(Path path, int number, boolean gzip) {}

    /** Oldest first; a file that is there twice, since its compression was cut short, only once. Empty without a directory. */
    List<Member> members(DirectoryHandle directory) {
        List<Member> found = new ArrayList<>();
        for (String name : directory.list()) {
            Member member = member(name);
            if (member != null) {
                found.add(member);
            }
        }
        found.sort(Comparator.comparingInt(Member::number).reversed().thenComparing(Member::gzip));
        for (int i = found.size() - 1; i > 0; i--) {
            if (found.get(i).number() == found.get(i - 1).number()) {
                found.remove(i);
            }
        }
        return found;
    }

    private @Nullable Member member(String name) {
        String own = path.getFileName().toString();
        if (name.equals(own)) {
            return new Member(path, 0, false);
        }
        if (!name.startsWith(own)) {
            return null;
        }
        Matcher old = OLD.matcher(name.substring(own.length()));
        return old.matches()
                ? new Member(path.resolveSibling(name), Integer.parseInt(old.group(1)), old.group(2) != null)
                : null;
    }

    /** Where the compressed form of an old file is. */
    Path compressed(int number) {
        return path.resolveSibling(path.getFileName() + "." + number + GZIP);
    }

    /** Where a compressed form is put together. */
    Path aside() {
        return path.resolveSibling(path.getFileName() + GZIP + ".part");
    }

    /**
     * The directory, in which no name changes until it is closed; if somebody has kept it locked for a second, in spite of all, without that.
     *
     * @return null if there is no such directory
     */
    @Nullable
    DirectoryHandle openToRead() {
        DirectoryHandle directory = open();
        if (directory != null) {
            lock(directory, true);
        }
        return directory;
    }

    /** The same for whoever is going to change names; null if they cannot be had to oneself either. */
    @Nullable
    DirectoryHandle openToRename() {
        DirectoryHandle directory = open();
        if (directory != null && !lock(directory, false)) {
            directory.close();
            return null;
        }
        return directory;
    }

    @Nullable
    DirectoryHandle open() {
        try {
            return DirectoryHandle.open(path.resolveSibling(""));
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e;
        }
    }

    private static boolean lock(DirectoryHandle directory, boolean shared) {
        try {
            for (int i = 0; i < TRIES; i++) {
                if (directory.tryLock(shared)) {
                    return true;
                }
                Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** What stays the same when a file is renamed; null if there is none. */
    static @Nullable Object identity(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
