package cairn.engine.layer;

import cairn.engine.error.Problem;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The chain of open directories down to the one last asked for. Archives run depth-first, so most entries find their parent open and
 * cost no lookup; and since each step is one openat that follows nothing, no name can lead elsewhere.
 */
final class OpenPath implements AutoCloseable {
    private final DirectoryHandle root;
    private final InRoot layer;
    private final String prefix;
    private final Consumer<Runnable> maker;
    private final List<String> names = new ArrayList<>();
    private final List<DirectoryHandle> handles = new ArrayList<>();

    /** Neither handle is closed by this. */
    OpenPath(DirectoryHandle root, InRoot layer) {
        this(root, layer, "", Runnable::run);
    }

    /**
     * @param prefix where {@code root} lies in the layer, with a slash at its end; empty for its root
     * @param maker carries out what makes a directory
     */
    OpenPath(DirectoryHandle root, InRoot layer, String prefix, Consumer<Runnable> maker) {
        this.root = root;
        this.layer = layer;
        this.prefix = prefix;
        this.maker = maker;
    }

    /**
     * The directory, valid until the next call. A link on the way is followed as a process would whose root is the layer: such archives exist,
     * and Docker takes them.
     *
     * @param create make missing directories, root's and 0755, as Docker does
     */
    DirectoryHandle open(List<String> path, boolean create, String entry) {
        int common = 0;
        while (common < names.size()
                && common < path.size()
                && names.get(common).equals(path.get(common))) {
            common++;
        }
        shorten(common);
        for (int i = common; i < path.size(); i++) {
            DirectoryHandle next = step(current(), path.subList(0, i + 1), create, entry);
            names.add(path.get(i));
            handles.add(next);
        }
        return current();
    }

    private DirectoryHandle current() {
        return handles.isEmpty() ? root : handles.getLast();
    }

    private DirectoryHandle step(DirectoryHandle from, List<String> path, boolean create, String entry) {
        String name = path.getLast();
        try {
            return from.openIn(name);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT && create) {
                maker.accept(() -> from.mkdir(name, 0755));
                return from.openIn(name);
            }
            if (e.errno() != Errno.ENOTDIR && e.errno() != Errno.ELOOP) {
                throw e;
            }
        }
        FileStatus status = from.stat(name);
        if (status != null && status.isLink()) {
            return layer.openDirectory(prefix + String.join("/", path));
        }
        if (status != null && status.isWhiteout() && create) {
            return replaceWhiteout(from, name);
        }
        throw new Problem.BadArchive(entry, "its parent is not a directory").exception();
    }

    /** The archive hides a name of the layers below and then fills a directory of that name: the directory hides what the whiteout hid. */
    static DirectoryHandle replaceWhiteout(DirectoryHandle from, String name) {
        from.unlink(name);
        from.mkdir(name, 0755);
        DirectoryHandle made = from.openIn(name);
        Overlay.makeOpaque(made);
        return made;
    }

    private void shorten(int length) {
        while (handles.size() > length) {
            names.removeLast();
            handles.removeLast().close();
        }
    }

    @Override
    public void close() {
        shorten(0);
    }
}
