package cairn.engine.store;

import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import java.util.HashSet;
import java.util.Set;

/** Bytes of the files and links in a directory tree; each inode counts once, directories not at all. */
public final class DirectorySize {
    private final Set<Long> counted = new HashSet<>();
    private long bytes;

    private DirectorySize() {}

    /** The directory itself stays open. */
    public static long of(DirectoryHandle directory) {
        DirectorySize size = new DirectorySize();
        size.add(directory);
        return size.bytes;
    }

    private void add(DirectoryHandle directory) {
        for (String name : directory.list()) {
            try {
                add(directory, name);
            } catch (LinuxException e) {
                // A running container goes on creating and removing.
                if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                    throw e;
                }
            }
        }
    }

    private void add(DirectoryHandle directory, String name) {
        FileStatus status = directory.stat(name);
        if (status == null) {
            return;
        }
        if (status.isDirectory()) {
            try (DirectoryHandle inner = directory.openIn(name)) {
                add(inner);
            }
        } else if (status.links() == 1 || counted.add(status.inode())) {
            bytes += status.size();
        }
    }
}
