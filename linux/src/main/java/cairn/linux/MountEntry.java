package cairn.linux;

import java.util.List;

/**
 * One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)), with octal escapes decoded.
 *
 * @param deviceNumber {@code major:minor}
 * @param root the directory of the file system that is the root of this mount
 * @param options of the mount itself, such as {@code rw,nosuid}
 * @param optional propagation tags, such as {@code shared:2}; empty for a private mount
 * @param superOptions of the file system, such as {@code rw,lowerdir=...}
 */
public record MountEntry(
        int id,
        int parent,
        String deviceNumber,
        String root,
        String mountPoint,
        String options,
        List<String> optional,
        String type,
        String source,
        String superOptions) {
    public MountEntry {
        optional = List.copyOf(optional);
    }
}
