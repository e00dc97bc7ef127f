package cairn.engine.explain;

import cairn.engine.error.Problem;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.linux.MountEntry;
import cairn.linux.MountTable;
import cairn.wire.explain.LinkHop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes along a path as a process with this root would (path_resolution(7)), one name at a time, so that each link is seen: in the
 * layers, or where a running container has something mounted, there.
 */
final class PathWalk {
    private static final int MAX_LINKS = 40;
    private static final int MAX_PATH = 4096;

    /**
     * The end of the way.
     *
     * @param names of the path without links; what is missing is appended as it stands
     * @param loop whether there were too many links
     * @param mount that the end is on; null for the layers
     * @param onMount what is there; null if nothing, or if the end is not on a mount
     */
    record End(
            List<String> names,
            List<LinkHop> hops,
            boolean loop,
            @Nullable MountEntry mount,
            @Nullable FileStatus onMount) {
        String path() {
            return "/" + String.join("/", names);
        }
    }

    /** The mounts of a running container, and a way to look into them. */
    record Live(InRoot root, List<MountEntry> mounts) {
        /** Null for what comes from the layers. */
        @Nullable
        MountEntry holding(String path) {
            MountEntry mount = MountTable.holding(mounts, path);
            return mount == null || mount.mountPoint().equals("/") ? null : mount;
        }

        /** Null for what is not there, or hidden from the host as links of procfs are. */
        @Nullable
        FileStatus status(String path) {
            try {
                return root.statusNoFollow(path);
            } catch (LinuxException e) {
                return null;
            }
        }

        @Nullable
        String target(String path) {
            try {
                return root.readlink(path);
            } catch (LinuxException e) {
                return null;
            }
        }
    }

    private final Pile pile;
    private final @Nullable Live live;
    private final boolean followLast;
    private final Deque<String> rest = new ArrayDeque<>();
    private final List<LinkHop> hops = new ArrayList<>();
    private List<String> at = new ArrayList<>();

    private PathWalk(Pile pile, @Nullable Live live, boolean followLast) {
        this.pile = pile;
        this.live = live;
        this.followLast = followLast;
    }

    /**
     * @param live null unless the container runs
     * @param followLast whether a link at the end counts for what it leads to
     */
    static End walk(Pile pile, @Nullable Live live, String path, boolean followLast) {
        if (path.indexOf('\0') >= 0 || path.length() > MAX_PATH) {
            throw new Problem.InvalidParameter("not a path: " + path.replace('\0', '?')).exception();
        }
        PathWalk walk = new PathWalk(pile, live, followLast);
        walk.push(path);
        return walk.run();
    }

    private void push(String path) {
        List<String> names = Arrays.asList(path.split("/", -1));
        for (String name : names.reversed()) {
            if (!name.isEmpty() && !name.equals(".")) {
                rest.addFirst(name);
            }
        }
    }

    private End run() {
        while (!rest.isEmpty()) {
            String name = rest.removeFirst();
            if (name.equals("..")) {
                at = new ArrayList<>(at.subList(0, Math.max(0, at.size() - 1)));
                continue;
            }
            List<String> next = new ArrayList<>(at);
            next.add(name);
            Here here = look(next);
            if (here == null || (!here.status.isDirectory() && !here.status.isLink() && !rest.isEmpty())) {
                return missing(next);
            }
            if (!here.status.isLink() || (rest.isEmpty() && !followLast)) {
                at = next;
            } else if (hops.size() >= MAX_LINKS) {
                return end(next, true);
            } else {
                follow(next, here);
            }
        }
        return end(at, false);
    }

    private void follow(List<String> link, Here here) {
        hops.add(new LinkHop("/" + String.join("/", link), here.target, here.link));
        if (here.target.startsWith("/")) {
            at = new ArrayList<>();
        }
        push(here.target);
    }

    /** One step: what is there, and if it is a link, where it leads and which layer has it. */
    private record Here(FileStatus status, String target, String link) {}

    private @Nullable Here look(List<String> names) {
        String path = "/" + String.join("/", names);
        if (live != null && live.holding(path) != null) {
            FileStatus status = live.status(path);
            if (status == null || !status.isLink()) {
                return status == null ? null : new Here(status, "", "");
            }
            String target = live.target(path);
            return target == null ? null : new Here(status, target, "");
        }
        Pile.Sighting supplier = pile.find(names).supplier();
        if (supplier == null) {
            return null;
        }
        String target = supplier.status().isLink() ? pile.readlink(supplier.level(), names) : "";
        return new Here(
                supplier.status(), target, pile.levels().get(supplier.level()).link());
    }

    /** The rest of the way leads on in names only, up to a {@code ..}, which has no meaning in what does not exist. */
    private End missing(List<String> names) {
        List<String> all = new ArrayList<>(names);
        for (String name : rest) {
            if (name.equals("..")) {
                break;
            }
            all.add(name);
        }
        return end(all, false);
    }

    private End end(List<String> names, boolean loop) {
        String path = "/" + String.join("/", names);
        MountEntry mount = live == null ? null : live.holding(path);
        FileStatus status = live == null || mount == null ? null : live.status(path);
        return new End(List.copyOf(names), loop ? once() : List.copyOf(hops), loop, mount, status);
    }

    /** One round of a loop shows it as well as forty. */
    private List<LinkHop> once() {
        List<LinkHop> round = new ArrayList<>();
        for (LinkHop hop : hops) {
            if (round.contains(hop)) {
                break;
            }
            round.add(hop);
        }
        return round;
    }
}
