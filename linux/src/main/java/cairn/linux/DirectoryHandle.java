package cairn.linux;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An open directory, and operations on the names in it that never follow a link. A name is one component: an empty name, {@code .},
 * {@code ..}, and names with a slash or a NUL are refused with IllegalArgumentException. Names are UTF-8. One thread may
 * close it only when no other uses it.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class DirectoryHandle implements AutoCloseable {
    private DirectoryHandle() {}

    /** Opens a directory of the host; links on the way are followed. */
    public static DirectoryHandle open(Path directory) {
        throw new UnsupportedOperationException();
    }

    /** Opens a directory in this one; ENOTDIR if the name is a link. */
    public DirectoryHandle openIn(String name) {
        throw new UnsupportedOperationException();
    }

    /** Opens a directory below this one by a relative path of several components, none of which may be a link (ELOOP); EXDEV if it leads out. */
    public DirectoryHandle openBeneath(String path) {
        throw new UnsupportedOperationException();
    }

    /** The mode is subject to the umask, as with mkdir(2). */
    public void mkdir(String name, int mode) {
        throw new UnsupportedOperationException();
    }

    /** Makes and opens a new file; EEXIST if the name is taken, even by a dangling link. The mode is subject to the umask. */
    public FileHandle createFile(String name, int mode) {
        throw new UnsupportedOperationException();
    }

    /** Opens a regular file for reading: ELOOP for a link, EISDIR for a directory, EINVAL for other kinds. */
    public InputStream openFile(String name) {
        throw new UnsupportedOperationException();
    }

    public void symlink(String target, String name) {
        throw new UnsupportedOperationException();
    }

    /** Gives the file {@code name} in {@code from} the additional name {@code newName} in this directory; a link itself is linked, not its target. */
    public void link(DirectoryHandle from, String name, String newName) {
        throw new UnsupportedOperationException();
    }

    /** The mode holds the type bits too ({@link FileStatus#S_IFIFO}, ...); major and minor are of use for devices only. */
    public void mknod(String name, int mode, int major, int minor) {
        throw new UnsupportedOperationException();
    }

    public void chown(String name, int uid, int gid) {
        throw new UnsupportedOperationException();
    }

    /** Sets exactly these twelve mode bits; ENOTSUP for a link, which has none. */
    public void chmod(String name, int mode) {
        throw new UnsupportedOperationException();
    }

    /** Sets both the access and the modification time, of a link itself too. */
    public void utimes(String name, long seconds, int nanos) {
        throw new UnsupportedOperationException();
    }

    public void setxattr(String name, String attribute, byte[] value) {
        throw new UnsupportedOperationException();
    }

    /** All extended attributes that this process may see, sorted by name; empty where the file system has none. */
    public Map<String, byte[]> getxattrs(String name) {
        throw new UnsupportedOperationException();
    }

    /** Null if there is no such name. */
    public @Nullable FileStatus stat(String name) {
        throw new UnsupportedOperationException();
    }

    public String readlink(String name) {
        throw new UnsupportedOperationException();
    }

    /** The names in this directory, sorted; EILSEQ if one is not UTF-8. */
    public List<String> list() {
        throw new UnsupportedOperationException();
    }

    public void unlink(String name) {
        throw new UnsupportedOperationException();
    }

    public void rmdir(String name) {
        throw new UnsupportedOperationException();
    }

    /** rename(2): replaces what has the new name if it is of a kind that can be replaced. */
    public void rename(String name, DirectoryHandle to, String newName) {
        throw new UnsupportedOperationException();
    }

    /**
     * Deletes a file, or a directory with all it contains; missing is fine. Links are deleted, never followed. EXDEV or EBUSY if
     * something is mounted inside, which is left as it is, together with what has not been deleted by then.
     */
    public void deleteTree(String name) {
        throw new UnsupportedOperationException();
    }

    /** Of this directory itself. */
    public FileStatus stat() {
        throw new UnsupportedOperationException();
    }

    /** Of this directory itself. */
    public void chown(int uid, int gid) {
        throw new UnsupportedOperationException();
    }

    /** Of this directory itself. */
    public void chmod(int mode) {
        throw new UnsupportedOperationException();
    }

    /** Of this directory itself. */
    public void utimes(long seconds, int nanos) {
        throw new UnsupportedOperationException();
    }

    /** Of this directory itself. */
    public void setxattr(String attribute, byte[] value) {
        throw new UnsupportedOperationException();
    }

    /** Of this directory itself. */
    public Map<String, byte[]> getxattrs() {
        throw new UnsupportedOperationException();
    }

    /** fsync(2) of the directory: names made, renamed and removed are on disk afterwards. */
    public void sync() {
        throw new UnsupportedOperationException();
    }

    /** syncfs(2): everything on the directory's file system is on disk afterwards. */
    public void syncFileSystem() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
