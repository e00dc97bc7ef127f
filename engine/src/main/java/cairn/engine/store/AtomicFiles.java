package cairn.engine.store;

import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileHandle;
import cairn.linux.LinuxException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Replaces small files as a whole: written aside in the root's own temporary directory, then renamed, so readers and a
 * start after a kill see the old content or the new, and leftovers lie in one place only. Safe for several threads;
 * the last writer of one file wins.
 */
public final class AtomicFiles implements AutoCloseable {
    private final DirectoryHandle aside;
    private final AtomicLong names = new AtomicLong();

    /** @param aside on the file system of all files that are written; swept by its owner at start */
    AtomicFiles(Path aside) {
        this.aside = DirectoryHandle.open(aside);
    }

    /** Writes a file in an existing directory; the mode is exact, whatever the umask. */
    public void write(Path file, byte[] content, int mode, Durability durability) {
        try (DirectoryHandle parent = DirectoryHandle.open(parent(file))) {
            write(parent, file.getFileName().toString(), content, mode, durability);
        } catch (LinuxException e) {
            throw StoreFault.of("write " + file, e);
        }
    }

    private void write(DirectoryHandle parent, String name, byte[] content, int mode, Durability durability) {
        String temporary = names.incrementAndGet() + "-" + name;
        try {
            try (FileHandle file = aside.createFile(temporary, 0600)) {
                file.write(content, 0, content.length);
                file.chmod(mode);
                // Content before name: otherwise a power cut can leave the new name with nothing behind it.
                durability.settle(file);
            }
            aside.rename(temporary, parent, name);
        } catch (LinuxException e) {
            drop(temporary);
            throw e;
        }
        if (durability == Durability.POWER) {
            parent.sync();
        }
    }

    private void drop(String temporary) {
        try {
            aside.unlink(temporary);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("no directory in " + file);
        }
        return parent;
    }

    @Override
    public void close() {
        aside.close();
    }
}
