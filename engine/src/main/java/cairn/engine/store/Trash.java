package cairn.engine.store;

import static java.lang.System.Logger.Level.WARNING;

import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.LinuxException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Removal in two steps: what is discarded is gone from its place at once, by a rename, and deleted later by one thread. Deletion never
 * follows a link and never crosses into another file system; what something is mounted on stays, and is tried again
 * at the next start.
 */
public final class Trash implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Trash.class.getName());

    private final DirectoryHandle directory;
    private final Backlog<String> waiting;
    private final AtomicLong names = new AtomicLong();
    private final String session;

    /** Takes over what an earlier run left in the directory. */
    Trash(Path directory) {
        this.directory = DirectoryHandle.open(directory);
        this.session = HexFormat.of().toHexDigits(System.nanoTime());
        this.waiting = new Backlog<>("cairn-trash", this::delete);
        this.directory.list().forEach(waiting::add);
    }

    /** Moves a file or a whole directory out of the way; missing is fine. It must lie on the data root's file system. */
    public void discard(DirectoryHandle parent, String name) {
        String trashed = session + "-" + names.incrementAndGet();
        try {
            parent.rename(name, directory, trashed);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return;
            }
            throw e;
        }
        waiting.add(trashed);
    }

    /** As {@link #discard(DirectoryHandle, String)}, by an absolute path of the store. */
    public void discard(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("cannot discard " + path);
        }
        try (DirectoryHandle handle = DirectoryHandle.open(parent)) {
            discard(handle, path.getFileName().toString());
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    /** Waits until everything discarded so far has been deleted, or given up. */
    public void drain() throws InterruptedException {
        waiting.drain();
    }

    private void delete(String name) {
        try {
            directory.deleteTree(name);
        } catch (LinuxException e) {
            LOG.log(WARNING, "cannot delete {0} from the trash: {1}", name, e.getMessage());
        }
    }

    /** Stops after the entry at hand; the rest waits for the next start. */
    @Override
    public void close() {
        // While the thread still uses the directory it is left open rather than pulled away.
        if (waiting.stop()) {
            directory.close();
        }
    }
}
