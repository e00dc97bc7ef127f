package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.linux.Errno;
import cairn.linux.LinuxException;
import cairn.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The /dev/shm of a container with {@code --ipc shareable}: mounted on the host while it runs, so that others can have it too. */
final class ShareableShm {
    private ShareableShm() {}

    static void mount(Path directory, long bytes) throws IOException {
        Files.createDirectories(directory);
        unmount(directory);
        long flags = Mounts.MS_NOSUID | Mounts.MS_NODEV | Mounts.MS_NOEXEC;
        Mounts.mount("shm", directory.toString(), "tmpfs", flags, "mode=1777,size=" + bytes);
    }

    /** None being mounted is fine. */
    static void unmount(Path directory) {
        try {
            Mounts.unmount(directory.toString(), Mounts.MNT_DETACH | Mounts.UMOUNT_NOFOLLOW);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EINVAL && e.errno() != Errno.ENOENT) {
                throw new Problem.Internal("unmount " + directory + ": " + e.getMessage()).exception(e);
            }
        }
    }
}
