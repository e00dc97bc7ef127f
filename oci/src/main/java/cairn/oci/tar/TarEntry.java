package cairn.oci.tar;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One member of a tar archive. Names are as they stand in the archive: nothing is cleaned, absolute names and {@code ..} included.
 *
 * @param name directories mostly end in a slash
 * @param flag the header's type flag, which tells what {@link TarType#OTHER} is
 * @param mode permission bits with setuid, setgid and sticky: {@code 07777} at most
 * @param uid and {@code gid}: owner, not negative
 * @param size bytes of content; zero for types without content
 * @param mtime seconds since 1970, may be negative
 * @param mtimeNanos 0 to 999,999,999
 * @param linkName target of a link, else empty
 * @param xattrs extended attributes by full name ({@code security.capability}), in the archive's order; values must not be changed
 */
public record TarEntry(
        String name,
        TarType type,
        char flag,
        int mode,
        long uid,
        long gid,
        String uname,
        String gname,
        long size,
        long mtime,
        int mtimeNanos,
        String linkName,
        long devMajor,
        long devMinor,
        Map<String, byte[]> xattrs) {

    public TarEntry {
        xattrs = xattrs.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(xattrs));
    }

    /** A regular file owned by root. */
    public static TarEntry file(String name, int mode, long size, long mtime) {
        return plain(name, TarType.FILE, mode, size, mtime, "");
    }

    /** A directory owned by root; the name gets its slash if it has none. */
    public static TarEntry directory(String name, int mode, long mtime) {
        return plain(name.endsWith("/") ? name : name + "/", TarType.DIRECTORY, mode, 0, mtime, "");
    }

    /** A symbolic link owned by root. */
    public static TarEntry symlink(String name, String target, long mtime) {
        return plain(name, TarType.SYMLINK, 0777, 0, mtime, target);
    }

    /** A further name of the file that an earlier entry of this archive made. */
    public static TarEntry hardLink(String name, String target, int mode, long mtime) {
        return plain(name, TarType.HARD_LINK, mode, 0, mtime, target);
    }

    public TarEntry withOwner(long uid, long gid) {
        return new TarEntry(
                name,
                type,
                flag,
                mode,
                uid,
                gid,
                uname,
                gname,
                size,
                mtime,
                mtimeNanos,
                linkName,
                devMajor,
                devMinor,
                xattrs);
    }

    public TarEntry withSize(long size) {
        return new TarEntry(
                name,
                type,
                flag,
                mode,
                uid,
                gid,
                uname,
                gname,
                size,
                mtime,
                mtimeNanos,
                linkName,
                devMajor,
                devMinor,
                xattrs);
    }

    public TarEntry withXattrs(Map<String, byte[]> xattrs) {
        return new TarEntry(
                name,
                type,
                flag,
                mode,
                uid,
                gid,
                uname,
                gname,
                size,
                mtime,
                mtimeNanos,
                linkName,
                devMajor,
                devMinor,
                xattrs);
    }

    public TarEntry withName(String name) {
        return new TarEntry(
                name,
                type,
                flag,
                mode,
                uid,
                gid,
                uname,
                gname,
                size,
                mtime,
                mtimeNanos,
                linkName,
                devMajor,
                devMinor,
                xattrs);
    }

    public TarEntry withMtime(long mtime, int mtimeNanos) {
        return new TarEntry(
                name,
                type,
                flag,
                mode,
                uid,
                gid,
                uname,
                gname,
                size,
                mtime,
                mtimeNanos,
                linkName,
                devMajor,
                devMinor,
                xattrs);
    }

    private static TarEntry plain(String name, TarType type, int mode, long size, long mtime, String linkName) {
        return new TarEntry(name, type, type.flag(), mode, 0, 0, "", "", size, mtime, 0, linkName, 0, 0, Map.of());
    }
}
