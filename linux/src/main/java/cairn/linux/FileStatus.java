package cairn.linux;

/**
 * What statx(2) tells about a file.
 *
 * @param mode type and permission bits as in st_mode
 * @param modifiedSeconds since the epoch, may be negative
 * @param rdevMajor of the device that a device node stands for
 * @param mountId as in the first column of the mount table
 */
public record FileStatus(
        int mode,
        int uid,
        int gid,
        long size,
        long modifiedSeconds,
        int modifiedNanos,
        long changedSeconds,
        int changedNanos,
        int deviceMajor,
        int deviceMinor,
        long inode,
        int links,
        int rdevMajor,
        int rdevMinor,
        long blocks,
        long mountId) {
    public static final int S_IFMT = 0170000;
    public static final int S_IFIFO = 0010000;
    public static final int S_IFCHR = 0020000;
    public static final int S_IFDIR = 0040000;
    public static final int S_IFBLK = 0060000;
    public static final int S_IFREG = 0100000;
    public static final int S_IFLNK = 0120000;
    public static final int S_IFSOCK = 0140000;

    /** One of the S_IF constants. */
    public int type() {
        return mode & S_IFMT;
    }

    /** The twelve lowest bits of the mode. */
    public int permissions() {
        return mode & 07777;
    }

    public boolean isDirectory() {
        return type() == S_IFDIR;
    }

    public boolean isRegular() {
        return type() == S_IFREG;
    }

    public boolean isLink() {
        return type() == S_IFLNK;
    }

    /** A character device 0:0, with which overlayfs hides a name of the layers below. */
    public boolean isWhiteout() {
        return type() == S_IFCHR && rdevMajor == 0 && rdevMinor == 0;
    }
}
