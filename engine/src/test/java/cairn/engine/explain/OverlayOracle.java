package cairn.engine.explain;

import cairn.linux.InRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The kernel's own view of layers: an overlay mount in a mount namespace that only a helper process lives in. */
public final class OverlayOracle implements AutoCloseable {
    private final Process holder;
    private final Path path;
    private final InRoot root;

    /** @param layers topmost first, at least two */
    public OverlayOracle(Path at, List<Path> layers) throws IOException {
        String lower = layers.stream().map(Path::toString).collect(Collectors.joining(":"));
        String script = "mount -t overlay overlay -o lowerdir=" + lower + " " + at + " && echo ready && exec cat";
        holder = new ProcessBuilder("unshare", "-m", "sh", "-c", script)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (holder.inputReader().readLine() == null) {
            throw new IOException("no overlay of " + lower);
        }
        path = Path.of("/proc/" + holder.pid() + "/root" + at);
        root = InRoot.open(path);
    }

    /** Where the merged tree is to be seen from outside. */
    public Path path() {
        return path;
    }

    /** The merged tree. */
    InRoot root() {
        return root;
    }

    /** The mount goes with the only process that sees it. */
    @Override
    public void close() throws IOException {
        root.close();
        holder.getOutputStream().close();
        try {
            holder.waitFor();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
