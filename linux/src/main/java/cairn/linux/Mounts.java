package cairn.linux;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Mounting by path on the host: mount(2) and umount2(2). Paths must be the host's own, never a container's. */
public final class Mounts {
    public static final long MS_RDONLY = 1;
    public static final long MS_NOSUID = 2;
    public static final long MS_NODEV = 4;
    public static final long MS_NOEXEC = 8;
    public static final long MS_SYNCHRONOUS = 16;
    public static final long MS_REMOUNT = 32;
    public static final long MS_NOSYMFOLLOW = 256;
    public static final long MS_NOATIME = 1024;
    public static final long MS_NODIRATIME = 2048;
    public static final long MS_BIND = 4096;
    public static final long MS_MOVE = 8192;
    public static final long MS_REC = 16384;
    public static final long MS_UNBINDABLE = 1 << 17;
    public static final long MS_PRIVATE = 1 << 18;
    public static final long MS_SLAVE = 1 << 19;
    public static final long MS_SHARED = 1 << 20;
    public static final long MS_RELATIME = 1 << 21;
    public static final long MS_STRICTATIME = 1 << 24;

    private static final int OPEN_TREE_CLONE = 1;
    private static final int AT_RECURSIVE = 0x8000;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 0x4;
    private static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    private static final long MOUNT_ATTR_RDONLY = 1;

    public static final int MNT_FORCE = 1;
    public static final int MNT_DETACH = 2;
    public static final int UMOUNT_NOFOLLOW = 8;

    /** The kernel copies one page of mount data, of which the last byte is the terminating NUL. */
    public static final int MAX_DATA = 4095;

    private Mounts() {}

    /**
     * mount(2).
     *
     * @throws IllegalArgumentException if the data is longer than {@link #MAX_DATA} bytes, which the kernel would cut off without a word
     */
    public static void mount(
            @Nullable String source, String target, @Nullable String type, long flags, @Nullable String data) {
        if (data != null && data.getBytes(StandardCharsets.UTF_8).length > MAX_DATA) {
            throw new IllegalArgumentException("mount " + target + ": the options are longer than " + MAX_DATA
                    + " bytes, which is all that the kernel takes");
        }
        try (Scratch scratch = Scratch.borrow()) {
            long result = Syscall.call(
                    scratch,
                    Syscall.MOUNT,
                    source == null ? 0 : scratch.text(source),
                    scratch.text(target),
                    type == null ? 0 : scratch.text(type),
                    flags,
                    data == null ? 0 : scratch.text(data));
            Syscall.check(result, "mount", target);
        }
    }

    /** A bind mount, with everything that is mounted below the source if recursive. */
    public static void bind(String source, String target, boolean recursive) {
        mount(source, target, null, recursive ? MS_BIND | MS_REC : MS_BIND, null);
    }

    /**
     * Mounts a copy of a host's directory or file, with all that is mounted below it, on what the path in a root leads to: neither is
     * resolved again between looking and mounting. The copy is private.
     *
     * @param source a path of the host
     * @param below a path that is resolved with the source as its root and copied instead; empty for the source itself
     * @param root must lie in the mount namespace of this thread
     */
    public static void attach(String source, String below, InRoot root, String target, boolean readOnly) {
        int onto = root.openName(target);
        try (Scratch scratch = Scratch.borrow()) {
            int flags = OPEN_TREE_CLONE | FileCalls.O_CLOEXEC | AT_RECURSIVE;
            int tree =
                    below.isEmpty() ? openTree(scratch, source, flags) : openTreeBelow(scratch, source, below, flags);
            try {
                long empty = scratch.text("");
                // struct mount_attr: set, clear, propagation, user namespace.
                Scratch.Area attributes = scratch.area(32);
                attributes.putLong(0, readOnly ? MOUNT_ATTR_RDONLY : 0);
                attributes.putLong(8, 0);
                attributes.putLong(16, MS_PRIVATE);
                attributes.putLong(24, 0);
                long set = Syscall.call(
                        scratch,
                        Syscall.MOUNT_SETATTR,
                        tree,
                        empty,
                        FileCalls.AT_EMPTY_PATH | AT_RECURSIVE,
                        attributes.address(),
                        attributes.size());
                Syscall.check(set, "mount_setattr", source);
                int both = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
                long moved = Syscall.call(scratch, Syscall.MOVE_MOUNT, tree, empty, onto, empty, both);
                Syscall.check(moved, "move_mount", target);
            } finally {
                Syscall.close(tree);
            }
        } finally {
            Syscall.close(onto);
        }
    }

    private static int openTree(Scratch scratch, String source, int flags) {
        long opened = Syscall.call(scratch, Syscall.OPEN_TREE, FileCalls.AT_FDCWD, scratch.text(source), flags);
        return (int) Syscall.check(opened, "open_tree", source);
    }

    private static int openTreeBelow(Scratch scratch, String source, String below, int flags) {
        try (InRoot top = InRoot.open(java.nio.file.Path.of(source))) {
            int found = top.openName(below);
            try {
                long opened = Syscall.call(
                        scratch, Syscall.OPEN_TREE, found, scratch.text(""), flags | FileCalls.AT_EMPTY_PATH);
                return (int) Syscall.check(opened, "open_tree", source + "/" + below);
            } finally {
                Syscall.close(found);
            }
        }
    }

    /** umount2(2); the last component of the target is not followed if it is a link and the flags say {@link #UMOUNT_NOFOLLOW}. */
    public static void unmount(String target, int flags) {
        try (Scratch scratch = Scratch.borrow()) {
            Syscall.check(Syscall.call(scratch, Syscall.UMOUNT2, scratch.text(target), flags), "umount", target);
        }
    }
}
