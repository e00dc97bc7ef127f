package cairn.engine.explain;

import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import java.util.Arrays;
import java.util.Map;

/** What overlayfs keeps in extended attributes, and words for kinds of files. */
final class Marks {
    private static final String OPAQUE = "trusted.overlay.opaque";
    private static final String ORIGIN = "trusted.overlay.origin";
    private static final byte[] YES = {'y'};

    static final String WHITEOUT = "whiteout";
    static final String OPAQUE_DIRECTORY = "opaque directory";

    private Marks() {}

    static boolean isOpaque(DirectoryHandle directory) {
        return isOpaque(directory.getxattrs());
    }

    static boolean isOpaque(Map<String, byte[]> attributes) {
        // Other values mean something else: "x" says that whiteouts in there are marked by attributes.
        return Arrays.equals(attributes.get(OPAQUE), YES);
    }

    /** Whether overlayfs itself made the file, as a copy of one in a lower layer. */
    static boolean isCopy(Map<String, byte[]> attributes) {
        return attributes.containsKey(ORIGIN);
    }

    static String type(FileStatus status) {
        return switch (status.type()) {
            case FileStatus.S_IFREG -> "file";
            case FileStatus.S_IFDIR -> "directory";
            case FileStatus.S_IFLNK -> "link";
            case FileStatus.S_IFCHR -> status.isWhiteout() ? WHITEOUT : "character device";
            case FileStatus.S_IFBLK -> "block device";
            case FileStatus.S_IFIFO -> "fifo";
            default -> "socket";
        };
    }

    /** Bytes of content; the space that a directory itself takes says nothing to people. */
    static long size(FileStatus status) {
        return status.isRegular() || status.isLink() ? status.size() : 0;
    }
}
