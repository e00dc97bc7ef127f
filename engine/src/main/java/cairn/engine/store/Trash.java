package cairn.engine.store;

import static java.lang.System.Logger.Level.WARNING;

import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.LinuxException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
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
    private final Deque<String> waiting = new ArrayDeque<>();
    private final AtomicLong names = new AtomicLong();
    private final String session;
    private final Thread deleter;
    private boolean busy;
    private boolean closing;

    /** Takes over what an earlier run left in the directory. */
    Trash(Path directory) {
        this.directory = DirectoryHandle.open(directory);
        this.session = HexFormat.of().toHexDigits(System.nanoTime());
        waiting.addAll(this.directory.list());
        // A platform thread: unlinking blocks in the kernel, which would hold a carrier of virtual threads.
        this.deleter = Thread.ofPlatform().name("cairn-trash").daemon().unstarted(this::deleteAll);
        deleter.start();
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
        synchronized (waiting) {
            waiting.addLast(trashed);
            waiting.notifyAll();
        }
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
        synchronized (waiting) {
            while (busy || !waiting.isEmpty()) {
                waiting.wait();
            }
        }
    }

    private void deleteAll() {
        for (String name = next(); !name.isEmpty(); name = next()) {
            try {
                directory.deleteTree(name);
            } catch (LinuxException e) {
                LOG.log(WARNING, "cannot delete {0} from the trash: {1}", name, e.getMessage());
            }
        }
    }

    /** Empty when the trash is being closed. */
    private String next() {
        synchronized (waiting) {
            busy = false;
            waiting.notifyAll();
            while (waiting.isEmpty() && !closing) {
                try {
                    waiting.wait();
                } catch (InterruptedException e) {
                    return "";
                }
            }
            if (closing) {
                return "";
            }
            busy = true;
            return waiting.removeFirst();
        }
    }

    /** Stops after the entry at hand; the rest waits for the next start. */
    @Override
    public void close() {
        synchronized (waiting) {
            closing = true;
            waiting.notifyAll();
        }
        try {
            deleter.join();
        } catch (InterruptedException e) {
            // The thread still uses the directory: leave it open rather than pull it away.
            Thread.currentThread().interrupt();
            return;
        }
        directory.close();
    }
}
