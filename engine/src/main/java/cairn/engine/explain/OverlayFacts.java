package cairn.engine.explain;

import cairn.engine.layer.MountedOverlay;
import cairn.engine.layer.ReadWriteLayer;
import cairn.wire.explain.LowerExplanation;
import cairn.wire.explain.OverlayExplanation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The overlay mount of a container's root, taken apart. */
final class OverlayFacts {
    private OverlayFacts() {}

    /**
     * @param levels of the container, the writable one first
     * @param pid of its first process; 0 unless it runs
     */
    static OverlayExplanation of(ReadWriteLayer layer, List<Level> levels, int pid) {
        MountedOverlay mounted = mounted(layer, pid);
        Path base = base(layer);
        if (mounted == null) {
            List<String> lowers = new ArrayList<>();
            for (Level level : levels.subList(1, levels.size())) {
                lowers.add(base.resolve("l").resolve(level.link()).toString());
            }
            return new OverlayExplanation(
                    "",
                    layer.merged().toString(),
                    lowers(lowers, levels, base),
                    layer.upper().toString(),
                    layer.work().toString(),
                    List.of());
        }
        return new OverlayExplanation(
                mounted.line(),
                mounted.mountPoint(),
                lowers(mounted.lowers(), levels, base),
                base.resolve(mounted.upper()).toString(),
                base.resolve(mounted.work()).toString(),
                mounted.options());
    }

    /** The {@code overlay2} directory, which short mount options count from. */
    private static Path base(ReadWriteLayer layer) {
        Path parent = layer.directory().getParent();
        return parent == null ? Path.of("/") : parent;
    }

    /** On the host, or if it is only to be seen there, in the container's own mount namespace. */
    private static @Nullable MountedOverlay mounted(ReadWriteLayer layer, int pid) {
        try {
            MountedOverlay host = MountedOverlay.at(
                    Path.of("/proc/self/mounts"), layer.merged().toString());
            return host != null || pid == 0 ? host : MountedOverlay.at(Path.of("/proc/" + pid + "/mounts"), "/");
        } catch (IOException e) {
            return null;
        }
    }

    private static List<LowerExplanation> lowers(List<String> written, List<Level> levels, Path base) {
        List<LowerExplanation> found = new ArrayList<>();
        for (String lower : written) {
            Path directory = real(base.resolve(lower));
            String link = String.valueOf(Path.of(lower).getFileName());
            String kind = "";
            String diffId = "";
            for (Level level : levels) {
                if (real(level.diff()).equals(directory)) {
                    kind = level.kind();
                    diffId = level.diffId();
                    link = level.link();
                }
            }
            found.add(new LowerExplanation(lower, link, directory.toString(), kind, diffId));
        }
        return found;
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }
}
