package cairn.engine.layer;

import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one entry says of a file, beside its content. */
final class EntryMetadata {
    /** Times beyond these a file system may cut off. */
    private static final long LATEST = 1L << 33;

    private final EntryPath path;
    private final List<LayerFault> found;

    private EntryMetadata(EntryPath path, List<LayerFault> found) {
        this.path = path;
        this.found = found;
    }

    static void compare(
            TarEntry entry, FileStatus status, EntryPath path, DirectoryHandle parent, List<LayerFault> found) {
        new EntryMetadata(path, found).compare(entry, status, parent);
    }

    private void compare(TarEntry entry, FileStatus status, DirectoryHandle parent) {
        int type = switch (entry.type()) {
            case FILE -> FileStatus.S_IFREG;
            case DIRECTORY -> FileStatus.S_IFDIR;
            case SYMLINK -> FileStatus.S_IFLNK;
            case CHAR_DEVICE -> FileStatus.S_IFCHR;
            case BLOCK_DEVICE -> FileStatus.S_IFBLK;
            case FIFO -> FileStatus.S_IFIFO;
            case HARD_LINK, OTHER -> status.type();
        };
        if (status.type() != type) {
            found.add(new LayerFault(
                    LayerFault.Kind.MISSING, path.text(), "is " + kind(status.type()) + " instead of " + kind(type)));
            return;
        }
        if (!status.isLink() && status.permissions() != (entry.mode() & 07777)) {
            found("has mode %04o instead of %04o".formatted(status.permissions(), entry.mode() & 07777));
        }
        if (Integer.toUnsignedLong(status.uid()) != entry.uid()
                || Integer.toUnsignedLong(status.gid()) != entry.gid()) {
            found("belongs to %s:%s instead of %d:%d"
                    .formatted(
                            Integer.toUnsignedString(status.uid()),
                            Integer.toUnsignedString(status.gid()),
                            entry.uid(),
                            entry.gid()));
        }
        if (entry.mtime() >= 0
                && entry.mtime() < LATEST
                && (status.modifiedSeconds() != entry.mtime() || status.modifiedNanos() != entry.mtimeNanos())) {
            found("was modified at %d.%09d instead of %d.%09d"
                    .formatted(status.modifiedSeconds(), status.modifiedNanos(), entry.mtime(), entry.mtimeNanos()));
        }
        switch (type) {
            case FileStatus.S_IFREG -> {
                if (entry.type() != TarType.HARD_LINK && status.size() != entry.size()) {
                    found.add(new LayerFault(
                            LayerFault.Kind.CONTENT,
                            path.text(),
                            "has " + status.size() + " bytes instead of " + entry.size()));
                }
            }
            case FileStatus.S_IFLNK -> {
                String target = parent.readlink(path.name());
                if (entry.type() == TarType.SYMLINK && !target.equals(entry.linkName())) {
                    found("leads to " + target + " instead of " + entry.linkName());
                }
            }
            case FileStatus.S_IFCHR, FileStatus.S_IFBLK -> {
                boolean same = status.rdevMajor() == entry.devMajor() && status.rdevMinor() == entry.devMinor();
                if (entry.type() != TarType.HARD_LINK && !same) {
                    found("is device %d:%d instead of %d:%d"
                            .formatted(status.rdevMajor(), status.rdevMinor(), entry.devMajor(), entry.devMinor()));
                }
            }
            default -> {}
        }
        if (entry.type() != TarType.HARD_LINK) {
            attributes(entry.xattrs(), parent.getxattrs(path.name()));
        }
    }

    /** Of the namespaces that every file system has, and that grant or mean something to programs. */
    static boolean isCompared(String attribute) {
        return !Overlay.isOverlayAttribute(attribute)
                && (attribute.startsWith("user.") || attribute.equals("security.capability"));
    }

    private void attributes(Map<String, byte[]> wanted, Map<String, byte[]> actual) {
        Set<String> names = new HashSet<>(wanted.keySet());
        names.addAll(actual.keySet());
        for (String name : names.stream().sorted().toList()) {
            if (!isCompared(name)) {
                continue;
            }
            byte @Nullable [] want = wanted.get(name);
            byte @Nullable [] have = actual.get(name);
            if (want == null) {
                found("has an extended attribute " + name + " too many");
            } else if (have == null) {
                found("lacks its extended attribute " + name);
            } else if (!Arrays.equals(want, have)) {
                found("has another value in its extended attribute " + name);
            }
        }
    }

    private void found(String what) {
        found.add(new LayerFault(LayerFault.Kind.METADATA, path.text(), what));
    }

    private static String kind(int type) {
        return switch (type) {
            case FileStatus.S_IFREG -> "a file";
            case FileStatus.S_IFDIR -> "a directory";
            case FileStatus.S_IFLNK -> "a link";
            case FileStatus.S_IFIFO -> "a fifo";
            case FileStatus.S_IFSOCK -> "a socket";
            default -> "a device";
        };
    }
}
