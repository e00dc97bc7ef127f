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

    /** umount2(2); the last component of the target is not followed if it is a link and the flags say {@link #UMOUNT_NOFOLLOW}. */
    public static void unmount(String target, int flags) {
        try (Scratch scratch = Scratch.borrow()) {
            Syscall.check(Syscall.call(scratch, Syscall.UMOUNT2, scratch.text(target), flags), "umount", target);
        }
    }
}
