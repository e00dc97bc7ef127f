package cairn.engine.lab;

import cairn.engine.error.Problem;
import cairn.engine.layer.MountedOverlay;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import cairn.linux.MountEntry;
import cairn.linux.MountTable;
import cairn.linux.Mounts;
import cairn.wire.lab.UnionMount;
import cairn.wire.lab.UnionRequest;
import cairn.wire.lab.UnionUndoRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Overlay mounts of the caller's directories in the host's mount namespace: the first branch is written to and hides the others. What
 * overlayfs needs beside the first branch has a hidden name there and goes with the mount. One call at a time.
 */
public final class Unions {
    private static final Path MOUNTS = Path.of("/proc/self/mounts");
    private static final String WORK_SUFFIX = ".cairn-work";

    /**
     * Mounts a union.
     *
     * @throws cairn.engine.error.EngineException InvalidParameter, Conflict or BadMount; nothing is left behind
     */
    public synchronized UnionMount mount(UnionRequest request) {
        if (request.branches().size() < 2) {
            throw invalid("a union needs two directories or more");
        }
        List<Path> branches = new ArrayList<>();
        request.branches().forEach(branch -> branches.add(Directories.existing(branch)));
        Path at = Directories.existing(request.at());
        refuseOverlap(branches);
        if (MountTable.at(MountTable.read(), at.toString()) != null) {
            throw new Problem.Conflict("something is mounted at " + at + " already").exception();
        }
        Path upper = branches.getFirst();
        Path work = work(upper);
        checkUpper(upper, work);
        try {
            return mount(branches, at, work);
        } catch (LinuxException e) {
            discard(work);
            throw new Problem.BadMount("union at " + at + ": " + e.getMessage()).exception(e);
        }
    }

    private static Path work(Path upper) {
        if (upper.getFileName() == null) {
            throw invalid("the root directory cannot be the first branch");
        }
        return upper.resolveSibling("." + upper.getFileName() + WORK_SUFFIX);
    }

    /** What overlayfs does with a branch inside another one is undefined. */
    private static void refuseOverlap(List<Path> branches) {
        Set<Path> seen = new HashSet<>();
        for (Path branch : branches) {
            for (Path other : seen) {
                if (branch.startsWith(other) || other.startsWith(branch)) {
                    throw invalid("branches must not lie in one another: " + other + " and " + branch);
                }
            }
            seen.add(branch);
        }
    }

    private static void checkUpper(Path upper, Path work) {
        for (MountedOverlay overlay : overlays()) {
            if (overlay.work().equals(work.toString())) {
                throw new Problem.Conflict(
                                upper + " is the first branch of the union at " + overlay.mountPoint() + " already")
                        .exception();
            }
        }
        MountEntry mount = MountTable.holding(MountTable.read(), upper.toString());
        if (mount == null) {
            return;
        }
        if (mount.type().equals("overlay")) {
            throw new Problem.BadMount(upper + " lies on an overlay (" + mount.mountPoint()
                            + "), which cannot be the first branch of another")
                    .exception();
        }
        if (mount.mountPoint().equals(upper.toString())) {
            throw new Problem.BadMount(
                            upper + " is a mount point: overlayfs needs a place beside the first branch on the same"
                                    + " file system, so take a directory in it")
                    .exception();
        }
    }

    private static UnionMount mount(List<Path> branches, Path at, Path work) {
        // One that a kill has left over may hold what another branch of that name needed.
        discard(work);
        try (DirectoryHandle parent = DirectoryHandle.open(above(work))) {
            parent.mkdir(name(work), 0700);
        }
        String upper = branches.getFirst().toString();
        String data = "lowerdir="
                + branches.stream()
                        .skip(1)
                        .map(branch -> escape(branch.toString()).replace(":", "\\:"))
                        .collect(Collectors.joining(":"))
                + ",upperdir=" + escape(upper) + ",workdir=" + escape(work.toString());
        if (data.getBytes(StandardCharsets.UTF_8).length > Mounts.MAX_DATA) {
            discard(work);
            throw invalid("the names of these directories are too long for one mount");
        }
        Mounts.mount("overlay", at.toString(), "overlay", 0, data);
        MountedOverlay made = at(at);
        return new UnionMount(made.line(), at.toString(), made.upper(), made.lowers(), made.work());
    }

    /** overlayfs splits its options at commas, but not behind a backslash. */
    private static String escape(String path) {
        return path.replace("\\", "\\\\").replace(",", "\\,");
    }

    /**
     * Takes a union away; what was written stays in its first branch.
     *
     * @throws cairn.engine.error.EngineException InvalidParameter if there is no union of ours, Conflict if it is in use
     */
    public synchronized void undo(UnionUndoRequest request) {
        Path at = Directories.existing(request.at());
        MountedOverlay overlay = at(at);
        Path upper = Path.of(overlay.upper());
        Path work = Path.of(overlay.work());
        if (overlay.upper().isEmpty() || upper.getFileName() == null || !work.equals(work(upper))) {
            throw invalid("the overlay at " + at + " is no union made by cairn lab");
        }
        try {
            Mounts.unmount(at.toString(), Mounts.UMOUNT_NOFOLLOW);
        } catch (LinuxException e) {
            if (e.errno() == Errno.EBUSY) {
                throw new Problem.Conflict("the union at " + at + " is in use").exception(e);
            }
            throw new Problem.BadMount(String.valueOf(e.getMessage())).exception(e);
        }
        discard(work);
    }

    private static MountedOverlay at(Path at) {
        try {
            MountedOverlay overlay = MountedOverlay.at(MOUNTS, at.toString());
            if (overlay == null) {
                throw invalid("no union is mounted at " + at);
            }
            return overlay;
        } catch (IOException e) {
            throw new Problem.Internal("read mount table: " + e.getMessage()).exception(e);
        }
    }

    private static List<MountedOverlay> overlays() {
        try {
            return MountedOverlay.read(MOUNTS);
        } catch (IOException e) {
            throw new Problem.Internal("read mount table: " + e.getMessage()).exception(e);
        }
    }

    /** Missing is fine. What has our name there but is no directory, and so not ours, stays. */
    private static void discard(Path work) {
        try (DirectoryHandle parent = DirectoryHandle.open(above(work))) {
            FileStatus status = parent.stat(name(work));
            if (status != null && status.isDirectory()) {
                parent.deleteTree(name(work));
            }
        } catch (LinuxException e) {
            throw new Problem.Internal("remove " + work + ": " + e.getMessage()).exception(e);
        }
    }

    private static Path above(Path path) {
        Path parent = path.getParent();
        return parent == null ? Path.of("/") : parent;
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static RuntimeException invalid(String text) {
        return new Problem.InvalidParameter(text).exception();
    }
}
