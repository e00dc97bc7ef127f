package cairn.linux;

import java.util.List;

/**
 * Deletes a directory tree by descriptors: no name is resolved twice, no link followed, no mount entered. However deep the tree
 * is, it keeps no more than {@link #MAX_DEPTH} directories open: what lies deeper is first moved up to the top.
 */
final class TreeRemoval {
    private static final int MAX_DEPTH = 64;
    private static final int RENAME_NOREPLACE = 1;

    /** File systems may skip names while others are being deleted, and somebody else may still be adding some. */
    private static final int MAX_ROUNDS = 1000;

    private final Scratch scratch;
    private final String subject;
    private int top = -1;
    private int moved;

    private TreeRemoval(Scratch scratch, String subject) {
        this.scratch = scratch;
        this.subject = subject;
    }

    /** Deletes a name in an open directory, whatever it is; missing is fine. */
    static void remove(int directory, byte[] name, String subject) {
        try (Scratch scratch = Scratch.borrow()) {
            new TreeRemoval(scratch, subject).remove(directory, new FileCalls.Entry(name, 0), 0);
        }
    }

    private void remove(int directory, FileCalls.Entry entry, int depth) {
        if (entry.type() != FileCalls.Entry.DT_DIR) {
            long result = unlink(directory, entry.name(), 0);
            if (result != -Errno.EISDIR) {
                check(result, "unlink", entry.name());
                return;
            }
        }
        if (depth >= MAX_DEPTH) {
            moveUp(directory, entry.name());
        } else {
            removeDirectory(directory, entry.name(), depth);
        }
    }

    private void removeDirectory(int directory, byte[] name, int depth) {
        scratch.reset();
        int flags = FileCalls.O_RDONLY | FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW;
        long resolve = FileCalls.RESOLVE_NO_XDEV | FileCalls.RESOLVE_NO_SYMLINKS | FileCalls.RESOLVE_BENEATH;
        long opened = FileCalls.open(scratch, directory, scratch.bytes(name), flags, resolve);
        if (opened == -Errno.ENOENT) {
            return;
        }
        int fd = (int) check(opened, "open", name);
        try {
            if (depth == 0) {
                top = fd;
            }
            long result = -Errno.ENOTEMPTY;
            for (int round = 0; round < MAX_ROUNDS && result == -Errno.ENOTEMPTY; round++) {
                empty(fd, depth + 1, name);
                result = unlink(directory, name, FileCalls.AT_REMOVEDIR);
            }
            check(result, "rmdir", name);
        } finally {
            Syscall.close(fd);
        }
    }

    private void empty(int fd, int depth, byte[] name) {
        check(Syscall.call(scratch, Syscall.LSEEK, fd, 0, 0), "read directory", name);
        List<FileCalls.Entry> batch = FileCalls.entries(scratch, fd, subject);
        while (!batch.isEmpty()) {
            for (FileCalls.Entry entry : batch) {
                remove(fd, entry, depth);
            }
            batch = FileCalls.entries(scratch, fd, subject);
        }
    }

    private void moveUp(int directory, byte[] name) {
        long result = -Errno.EEXIST;
        while (result == -Errno.EEXIST) {
            scratch.reset();
            long to = scratch.text("deep-" + moved++);
            result =
                    Syscall.call(scratch, Syscall.RENAMEAT2, directory, scratch.bytes(name), top, to, RENAME_NOREPLACE);
        }
        check(result, "rename", name);
    }

    private long unlink(int directory, byte[] name, int flags) {
        scratch.reset();
        long result = Syscall.call(scratch, Syscall.UNLINKAT, directory, scratch.bytes(name), flags);
        return result == -Errno.ENOENT ? 0 : result;
    }

    private long check(long result, String call, byte[] name) {
        if (result < 0) {
            throw new LinuxException(call, subject + " (" + FileCalls.escape(name) + ")", (int) -result);
        }
        return result;
    }
}
