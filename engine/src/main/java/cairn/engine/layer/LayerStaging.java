package cairn.engine.layer;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.layer.LayerDatabase.LayerRecord;
import cairn.engine.store.Durability;
import cairn.engine.store.Pending;
import cairn.engine.store.StoreFault;
import cairn.linux.DirectoryHandle;
import cairn.linux.FileHandle;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.tar.DirectInput;
import cairn.oci.tar.TarException;
import cairn.oci.tar.TarLimits;
import cairn.oci.tar.TarReader;
import cairn.oci.tar.TarSplitWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks tar streams into directories of their own, one pass each: the calling thread reads, which may be to inflate, a platform thread
 * parses and creates the files (which blocks in the kernel, as no virtual thread may for long), others write the tar-split record.
 */
final class LayerStaging implements AutoCloseable {
    private final Layers layers;
    private final OverlayDirectories overlay;
    private final LayerDatabase database;
    private final Pending pending;
    private final EarlyWriteBack writeBack;
    private final int umask = umask();

    LayerStaging(Layers layers, OverlayDirectories overlay, LayerDatabase database, Pending pending) {
        this.layers = layers;
        this.overlay = overlay;
        this.database = database;
        this.pending = pending;
        this.writeBack = new EarlyWriteBack(overlay);
    }

    StagedLayer stage(InputStream plainTar, @Nullable DiffId expected, LongConsumer unpacked) throws IOException {
        String cacheId = overlay.newId();
        String link = overlay.newLink();
        try {
            pending.begin(cacheId);
            StagedLayer staged = null;
            try {
                overlay.create(cacheId, link, null, Durability.PROCESS).close();
                staged = fill(cacheId, link, plainTar, expected, unpacked);
                return staged;
            } finally {
                if (staged == null) {
                    discard(cacheId, link);
                }
            }
        } catch (LinuxException e) {
            throw StoreFault.of("unpack layer", e);
        }
    }

    private StagedLayer fill(
            String cacheId, String link, InputStream plainTar, @Nullable DiffId expected, LongConsumer unpacked)
            throws IOException {
        MessageDigest digest = Digest.newSha256();
        Handover handover = new Handover(digest);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        long[] size = new long[1];
        Thread worker = Thread.ofPlatform().name("cairn-unpack-" + link).start(() -> {
            try (InputStream in = handover.reader(unpacked)) {
                size[0] = unpack(cacheId, in);
            } catch (IOException | RuntimeException | Error e) {
                failure.set(e);
            }
        });
        try {
            handover.feed(DirectInput.of(plainTar));
        } catch (TarException e) {
            throw new Problem.BadArchive(null, String.valueOf(e.getMessage())).exception(e);
        } finally {
            join(worker);
        }
        rethrow(failure.get());
        DiffId diffId = new DiffId(Digest.sha256(digest));
        if (expected != null && !expected.equals(diffId)) {
            throw new Problem.BadArchive(null, "layer has digest " + diffId + ", expected " + expected).exception();
        }
        return new StagedLayer(layers, cacheId, link, diffId, size[0]);
    }

    /** Runs in the worker. */
    private long unpack(String cacheId, InputStream in) throws IOException {
        Path diff = overlay.path(cacheId).resolve("diff");
        try (DirectoryHandle record = database.beginLayer(cacheId);
                FileHandle file = record.createFile(LayerDatabase.TAR_SPLIT, 0644);
                TarSplitWriter split = new TarSplitWriter(new ToFile(file), Compression.codec());
                TarReader tar = new TarReader(in, TarLimits.DEFAULT, split);
                DirectoryHandle root = overlay.openDiff(cacheId);
                InRoot layer = InRoot.open(diff)) {
            return Unpacker.unpack(tar, root, layer, umask, writeBack::written);
        } catch (TarException e) {
            throw new Problem.BadArchive(null, String.valueOf(e.getMessage())).exception(e);
        }
    }

    /** Writes the record beside the unpacked files: once all of it is on the disk, publishing is one rename. */
    void complete(LayerRecord record, @Nullable String lower) {
        overlay.stack(record.cacheId(), lower);
        try (DirectoryHandle directory = database.openAside(record.cacheId())) {
            LayerDatabase.writeLayer(directory, record);
        }
    }

    void discard(String cacheId, String link) {
        database.discardAside(cacheId);
        overlay.discard(cacheId, link);
        pending.end(cacheId);
    }

    /** After a kill, when the short link's name is not known. */
    void discardStray(String cacheId) {
        database.discardAside(cacheId);
        overlay.discardStray(cacheId);
        pending.end(cacheId);
    }

    @Override
    public void close() {
        writeBack.close();
    }

    private static void join(Thread worker) {
        boolean interrupted = false;
        while (true) {
            try {
                worker.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void rethrow(@Nullable Throwable failure) throws IOException {
        switch (failure) {
            case null -> {}
            case EngineException e -> throw e.problem().exception(e);
            case LinuxException e -> throw StoreFault.of("unpack layer", e);
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            default -> throw new Problem.Internal("unpack layer: " + failure).exception(failure);
        }
    }

    private static final class ToFile extends OutputStream {
        private final FileHandle file;

        ToFile(FileHandle file) {
            this.file = file;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            file.write(bytes, offset, length);
        }
    }

    static int umask() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("Umask:")) {
                    return Integer.parseInt(line.substring("Umask:".length()).strip(), 8);
                }
            }
        } catch (IOException e) {
            // Without /proc: the worst case, every mode is set explicitly.
        }
        return 07777;
    }
}
