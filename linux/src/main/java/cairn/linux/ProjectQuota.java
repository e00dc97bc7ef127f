package cairn.linux;

/**
 * Limits on what all files of one project take up, on the file system of a directory: quotactl_fd(2), the same for ext4 and xfs. A project is
 * a number that files have; one given to a directory goes on to whatever is made in it.
 */
public final class ProjectQuota {
    private static final int PRJQUOTA = 2;
    private static final int Q_GETQUOTA = 0x800007;
    private static final int Q_SETQUOTA = 0x800008;
    private static final int Q_XGETQSTAT = 0x5805;

    // struct fs_quota_stat: a version, and flags at 2.
    private static final int STATE_SIZE = 80;
    private static final int FS_QUOTA_PDQ_ACCT = 1 << 4;
    private static final int FS_QUOTA_PDQ_ENFD = 1 << 5;

    // struct if_dqblk: hard and soft limit of blocks, bytes in use, hard and soft limit of inodes, inodes in use, two
    // times, what is valid.
    private static final int LIMITS_SIZE = 72;
    private static final int VALID = 64;
    private static final int QIF_BLIMITS = 1;
    private static final long BLOCK = 1024;

    // struct fsxattr: flags, two sizes, the project at 12.
    private static final int FSXATTR_SIZE = 28;
    private static final int FS_IOC_FSGETXATTR = 0x801c581f;
    private static final int FS_IOC_FSSETXATTR = 0x401c5820;
    private static final int FS_XFLAG_PROJINHERIT = 0x200;

    private ProjectQuota() {}

    /** Whether the file system counts what projects take up, and keeps limits of them. False with kernels before 5.14, which lack the call. */
    public static boolean isEnforced(DirectoryHandle directory) {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area state = scratch.area(STATE_SIZE);
            long result = quotactl(scratch, directory, Q_XGETQSTAT, 0, state);
            int wanted = FS_QUOTA_PDQ_ACCT | FS_QUOTA_PDQ_ENFD;
            // Which error stands for a file system without quotas depends on the file system.
            return result == 0 && (state.getShort(2) & wanted) == wanted;
        }
    }

    /** Whether no file on the file system is of this project, and nobody has set a limit for it. */
    public static boolean isFree(DirectoryHandle directory, long project) {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area limits = scratch.area(LIMITS_SIZE);
            long result = quotactl(scratch, directory, Q_GETQUOTA, project, limits);
            if (result == -Errno.ENOENT) {
                return true;
            }
            Syscall.check(result, "read quota of project " + project, directory.path());
            for (int at = 0; at < 6 * Long.BYTES; at += Long.BYTES) {
                if (limits.getLong(at) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** @param bytes from now on the most that files of the project may take up together, in whole KiB; 0 for no limit */
    public static void limit(DirectoryHandle directory, long project, long bytes) {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area limits = scratch.area(LIMITS_SIZE);
            for (int at = 0; at < LIMITS_SIZE; at += Long.BYTES) {
                limits.putLong(at, 0);
            }
            limits.putLong(0, bytes / BLOCK + (bytes % BLOCK == 0 ? 0 : 1));
            limits.putInt(VALID, QIF_BLIMITS);
            Syscall.check(
                    quotactl(scratch, directory, Q_SETQUOTA, project, limits),
                    "limit project " + project,
                    directory.path());
        }
    }

    /** The project of a directory, 0 for none. */
    public static long of(DirectoryHandle directory) {
        try (Scratch scratch = Scratch.borrow()) {
            return Integer.toUnsignedLong(attributes(scratch, directory).getInt(12));
        }
    }

    /** Gives a directory, and what will be made in it, a project; what is in it already stays as it is. */
    public static void assign(DirectoryHandle directory, long project) {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area attributes = attributes(scratch, directory);
            attributes.putInt(0, attributes.getInt(0) | FS_XFLAG_PROJINHERIT);
            attributes.putInt(12, (int) project);
            Syscall.check(
                    Syscall.call(
                            scratch,
                            Syscall.IOCTL,
                            directory.fd(),
                            Integer.toUnsignedLong(FS_IOC_FSSETXATTR),
                            attributes.address()),
                    "set project " + project,
                    directory.path());
        }
    }

    private static Scratch.Area attributes(Scratch scratch, DirectoryHandle directory) {
        Scratch.Area attributes = scratch.area(FSXATTR_SIZE);
        Syscall.check(
                Syscall.call(
                        scratch,
                        Syscall.IOCTL,
                        directory.fd(),
                        Integer.toUnsignedLong(FS_IOC_FSGETXATTR),
                        attributes.address()),
                "read project",
                directory.path());
        return attributes;
    }

    private static long quotactl(
            Scratch scratch, DirectoryHandle directory, int command, long project, Scratch.Area argument) {
        return Syscall.call(
                scratch,
                Syscall.QUOTACTL_FD,
                directory.fd(),
                Integer.toUnsignedLong(command << 8 | PRJQUOTA),
                project,
                argument.address());
    }
}
