package cairn.engine.layer;

import cairn.linux.DirectoryHandle;
import cairn.oci.tar.TarWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a merged tree as one flat archive, sorted, without the root directory itself: what {@code docker export} sends. */
final class MergedTar {
    /** Directories on the way down that stay open; those above are opened again when their turn comes. */
    private static final int OPEN = 16;

    private final MergedTree tree;
    private final EntryWriter entries;
    private final Deque<Frame> stack = new ArrayDeque<>();

    /** A directory that is being written, and what is left of it. */
    private record Frame(String path, MergedTree.Listing listing, Iterator<MergedTree.Entry> left) {}

    private MergedTar(MergedTree tree, TarWriter out) {
        this.tree = tree;
        this.entries = new EntryWriter(out);
    }

    /** The stream stays open. */
    static void write(MergedTree tree, OutputStream out) throws IOException {
        // Not closed: closing would close the caller's stream.
        @SuppressWarnings("resource")
        TarWriter tar = new TarWriter(out);
        new MergedTar(tree, tar).run();
        tar.finish();
    }

    private void run() throws IOException {
        try {
            push("", tree.all());
            while (!stack.isEmpty()) {
                Frame frame = stack.getFirst();
                MergedTree.Entry directory = writeToDirectory(frame);
                if (directory == null) {
                    stack.removeFirst().listing.close();
                } else {
                    if (stack.size() > OPEN) {
                        frame.listing.close();
                    }
                    push(path(frame, directory), directory.merged());
                }
            }
        } finally {
            stack.forEach(frame -> frame.listing.close());
        }
    }

    private void push(String path, List<Integer> levels) {
        MergedTree.Listing listing = tree.list(path, levels);
        stack.addFirst(new Frame(path, listing, listing.entries().values().iterator()));
    }

    private static String path(Frame frame, MergedTree.Entry entry) {
        return frame.path.isEmpty() ? entry.name() : frame.path + "/" + entry.name();
    }

    /** Writes names up to the next directory, whose header is written and whose turn it is; null at the end. */
    private MergedTree.@Nullable Entry writeToDirectory(Frame frame) throws IOException {
        while (frame.left.hasNext()) {
            MergedTree.Entry entry = frame.left.next();
            DirectoryHandle parent = frame.listing.directory(entry.level());
            if (parent != null
                    && entries.write(parent, entry.name(), path(frame, entry), entry.status(), entry.level())
                    && entry.isDirectory()) {
                return entry;
            }
        }
        return null;
    }
}
