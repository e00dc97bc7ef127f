package cairn.engine.launch;

import cairn.wire.container.IdRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ids of an idmapped mount: what one user and one group of the host have on disk belongs to another user and group inside, and what
 * they make inside belongs to the former on disk. All other ids are what they are, but for two without a meaning: those inside on disk, and those
 * on disk inside. So no file of the host's root is anybody else's.
 */
public record IdMapping(long diskUid, long diskGid, long uid, long gid) {
    /** How many ids there are; the last number of 32 bits is none. */
    private static final long ALL = (1L << 32) - 1;

    /** Lines as uid_map takes them, user_namespaces(7): on disk, as the host knows it, how many. @param ids of the container's user namespace */
    String users(@Nullable IdRange ids) {
        return lines(diskUid, uid, ids);
    }

    /** The same for gid_map. */
    String groups(@Nullable IdRange ids) {
        return lines(diskGid, gid, ids);
    }

    private static String lines(long disk, long inside, @Nullable IdRange ids) {
        long first = ids == null ? 0 : ids.first();
        long count = ids == null ? ALL : ids.count();
        List<String> lines = new ArrayList<>();
        long from = 0;
        for (long gap : new long[] {Math.min(disk, inside), Math.max(disk, inside), count}) {
            long end = Math.min(gap, count);
            if (from < end) {
                lines.add(from + " " + (first + from) + " " + (end - from));
            }
            from = Math.max(from, gap + 1);
        }
        lines.add(disk + " " + (first + inside) + " 1");
        return String.join("\n", lines);
    }
}
