package cairn.engine.store;

import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.LinuxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Names of things that have been begun on disk and that no record refers to yet. A start sweeps only what is marked here:
 * the root may hold directories of dockerd that look just as orphaned.
 */
public final class Pending implements AutoCloseable {
    private final DirectoryHandle directory;
    /** Begun by this process and not ended: names that are there beside these were left by another one. */
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    public Pending(Path directory) {
        this.directory = DirectoryHandle.open(directory);
    }

    /** To be called before the thing itself is made, or taken apart. Marked already is fine. */
    public void begin(String name) {
        held.add(name);
        try {
            directory.createFile(name, 0600).close();
        } catch (LinuxException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    /** The thing is in the records now, or gone. */
    public void end(String name) {
        try {
            directory.unlink(name);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
        held.remove(name);
    }

    /** Whether this process has begun it and not ended it. */
    public boolean isHeld(String name) {
        return held.contains(name);
    }

    public List<String> names() {
        return directory.list();
    }

    @Override
    public void close() {
        directory.close();
    }
}
