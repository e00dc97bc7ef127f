package cairn.engine.layer;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.linux.DirectoryHandle;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.oci.tar.TarSplitReader;
import java.io.BufferedInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** A layer as the tar stream that it came from. */
final class LayerTar {
    private final OverlayDirectories overlay;
    private final LayerDatabase database;

    LayerTar(OverlayDirectories overlay, LayerDatabase database) {
        this.overlay = overlay;
        this.database = database;
    }

    long write(Layer layer, OutputStream out) throws IOException {
        Path split = database.tarSplit(layer.chainId());
        if (!Files.exists(split)) {
            Counter counter = new Counter(out);
            try (DirectoryHandle diff = overlay.openDiff(layer.cacheId())) {
                DirectoryTar.write(diff, counter);
            }
            return counter.bytes;
        }
        try (DirectoryHandle diff = overlay.openDiff(layer.cacheId());
                InRoot root = InRoot.open(layer.diff());
                OpenPath parents = new OpenPath(diff, root);
                InputStream record = new BufferedInputStream(Files.newInputStream(split), 64 << 10)) {
            return TarSplitReader.assemble(Compression.tarSplit(record), name -> open(parents, name, layer), out);
        }
    }

    /**
     * By the path that unpacking made of the name, not by the name: {@code a/../b} needs no {@code a} there. In the layer's own root, since
     * archives may lead through links that they brought themselves.
     */
    private static InputStream open(OpenPath parents, String name, Layer layer) throws IOException {
        try {
            EntryPath path = EntryPath.of(name, name);
            if (path == null) {
                throw new Problem.BadArchive(name, "is the root of the layer").exception();
            }
            // What has a content in the record came as a regular file, and nobody else writes here.
            return parents.open(path.parents(), false, name).openKnownFile(path.name());
        } catch (LinuxException | EngineException e) {
            throw new IOException("layer " + layer.chainId() + ": " + e.getMessage(), e);
        }
    }

    long length(Layer layer) throws IOException {
        Path split = database.tarSplit(layer.chainId());
        if (!Files.exists(split)) {
            return write(layer, OutputStream.nullOutputStream());
        }
        try (InputStream record = new BufferedInputStream(Files.newInputStream(split), 64 << 10)) {
            return TarSplitReader.length(Compression.tarSplit(record));
        }
    }

    InputStream open(Layer layer) {
        return open(layer, out -> out);
    }

    /** @param plainBytes is told how many bytes of the tar have been compressed so far */
    InputStream openGzip(Layer layer, LongConsumer plainBytes) {
        return open(layer, out -> new Told(Compression.gzip(out), plainBytes));
    }

    /** What becomes of the tar on its way to the reader. */
    private interface Form {
        OutputStream over(OutputStream out) throws IOException;
    }

    private InputStream open(Layer layer, Form form) {
        Handover handover = new Handover();
        // A platform thread: it reads files, which blocks in the kernel.
        Thread.ofPlatform().name("cairn-tar-" + layer.link()).daemon().start(() -> {
            IOException failure = null;
            try (OutputStream out = handover.writer();
                    OutputStream formed = form.over(out)) {
                write(layer, formed);
            } catch (IOException e) {
                failure = e;
            } catch (RuntimeException e) {
                failure = new IOException("layer " + layer.chainId() + ": " + e.getMessage(), e);
            } finally {
                handover.end(failure);
            }
        });
        return handover.reader();
    }

    private static final class Told extends FilterOutputStream {
        private final LongConsumer plainBytes;
        private long bytes;

        Told(OutputStream out, LongConsumer plainBytes) {
            super(out);
            this.plainBytes = plainBytes;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            out.write(buffer, offset, length);
            bytes += length;
            plainBytes.accept(bytes);
        }
    }

    private static final class Counter extends OutputStream {
        private final OutputStream out;
        private long bytes;

        Counter(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            bytes++;
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            out.write(buffer, offset, length);
            bytes += length;
        }
    }
}
