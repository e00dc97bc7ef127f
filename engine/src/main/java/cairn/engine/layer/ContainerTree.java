package cairn.engine.layer;

import cairn.engine.store.StoreFault;
import cairn.linux.DirectoryHandle;
import cairn.linux.KernelThread;
import cairn.linux.LinuxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of one container as its layers have them: without what is mounted into it. Reading never mounts anything and may go on while
 * the container runs.
 */
public final class ContainerTree {
    private final String containerId;
    private final List<Path> directories;

    /** @param directories the {@code diff} directories, the container's own first, then the init layer's, then the image's */
    ContainerTree(String containerId, List<Path> directories) {
        this.containerId = containerId;
        this.directories = List.copyOf(directories);
    }

    /** What the container has changed, as {@code docker diff} counts it. */
    public List<Change> changes() {
        return KernelThread.call("cairn-diff-" + containerId.substring(0, 12), () -> {
            try (DirectoryHandle upper = DirectoryHandle.open(directories.getFirst());
                    MergedTree below = new MergedTree(directories.subList(1, directories.size()))) {
                return LayerChanges.of(upper, below);
            } catch (LinuxException e) {
                throw StoreFault.of("read files of container " + containerId, e);
            }
        });
    }

    /** All files, as one flat archive. A thread of its own makes it while it is read; close it to end that. */
    public InputStream openFlat() {
        return opened("cairn-export-", out -> {
            try (MergedTree tree = new MergedTree(directories)) {
                MergedTar.write(tree, out);
            }
        });
    }

    /** What the container has written, as a layer's tar: whiteouts in their archive form. Read as {@link #openFlat}. */
    public InputStream openChanges() {
        return opened("cairn-commit-", out -> {
            try (DirectoryHandle upper = DirectoryHandle.open(directories.getFirst())) {
                DirectoryTar.write(upper, out);
            }
        });
    }

    private interface Writing {
        void to(OutputStream out) throws IOException;
    }

    private InputStream opened(String thread, Writing writing) {
        Handover handover = new Handover();
        // A platform thread: it reads files, which blocks in the kernel.
        Thread.ofPlatform().name(thread + containerId.substring(0, 12)).daemon().start(() -> {
            IOException failure = null;
            try (OutputStream out = handover.writer()) {
                writing.to(out);
            } catch (IOException e) {
                failure = e;
            } catch (RuntimeException e) {
                failure = new IOException("container " + containerId + ": " + e.getMessage(), e);
            } finally {
                handover.end(failure);
            }
        });
        return handover.reader();
    }
}
