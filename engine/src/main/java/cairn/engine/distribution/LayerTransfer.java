package cairn.engine.distribution;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.layer.Compression;
import cairn.engine.layer.Layers;
import cairn.engine.layer.StagedLayer;
import cairn.oci.Descriptor;
import cairn.oci.DiffId;
import cairn.oci.registry.RegistryException;
import cairn.oci.registry.Repository;
import cairn.oci.tar.DirectInput;
import cairn.oci.tar.TarException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One layer on its way from a registry into a directory of its own, for every pull that wants it. One pass: socket, digest of the compressed
 * bytes, inflate, diff ID, tar, files. Runs on a platform thread, since files block in the kernel.
 */
final class LayerTransfer implements Runnable {
    private final Layers layers;
    private final PartialBlobs partials;
    private final Repository repository;
    private final Descriptor blob;
    private final DiffId diffId;
    private final int attempts;
    private final Runnable whenDone;
    private final List<TransferProgress> watchers = new CopyOnWriteArrayList<>();

    private @Nullable BlobDownload download;
    private @Nullable StagedLayer staged;
    private @Nullable Throwable failure;
    private String status = "";
    private boolean started;
    private boolean done;
    private boolean abandoned;

    LayerTransfer(
            Layers layers,
            PartialBlobs partials,
            Repository repository,
            Descriptor blob,
            DiffId diffId,
            int attempts,
            Runnable whenDone) {
        this.layers = layers;
        this.partials = partials;
        this.repository = repository;
        this.blob = blob;
        this.diffId = diffId;
        this.attempts = attempts;
        this.whenDone = whenDone;
    }

    Descriptor blob() {
        return blob;
    }

    String id() {
        return blob.digest().shortHex();
    }

    // ---- who waits

    synchronized void watch(TransferProgress watcher) {
        watchers.add(watcher);
        if (!status.isEmpty()) {
            watcher.line(id(), status);
        }
    }

    synchronized void unwatch(TransferProgress watcher) {
        watchers.remove(watcher);
    }

    /** No thread has time for it yet. */
    synchronized void reportWaiting() {
        if (!started) {
            tell("Waiting");
        }
    }

    /** Nobody wants it any more: ends what runs, and throws away what is there. */
    void abandon() {
        BlobDownload running;
        StagedLayer unused;
        synchronized (this) {
            abandoned = true;
            running = download;
            unused = staged;
        }
        if (running != null) {
            try {
                running.close();
            } catch (IOException e) {
                // It ends all the same.
            }
        }
        if (unused != null) {
            unused.close();
        }
    }

    /** Whether {@link #result} has something to say. */
    synchronized boolean done() {
        return done;
    }

    synchronized boolean failed() {
        return failure != null;
    }

    /** @throws EngineException Registry, BadArchive, DiskFull */
    synchronized StagedLayer result() {
        if (failure != null) {
            throw fault(failure);
        }
        if (staged == null) {
            throw new IllegalStateException("layer " + id() + " is still being fetched");
        }
        return staged;
    }

    private EngineException fault(Throwable why) {
        return switch (why) {
            case EngineException e -> e.problem().exception(e);
            case RegistryException e -> RegistryAccess.transferFault(e);
            case BlobDownload.MismatchException e -> RegistryAccess.invalid(String.valueOf(e.getMessage()));
            case TarException e -> new Problem.BadArchive(null, "layer " + id() + ": " + e.getMessage()).exception(e);
            default -> new Problem.Internal("layer " + id() + ": " + why).exception(why);
        };
    }

    // ---- the work

    @Override
    public void run() {
        StagedLayer result = null;
        Throwable why = null;
        try (PartialBlobs.Partial partial = partials.hold(blob.digest())) {
            begin();
            result = stage(partial);
        } catch (IOException | RuntimeException | Error e) {
            why = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            why = e;
        }
        boolean unwanted;
        synchronized (this) {
            staged = result;
            failure = why;
            done = true;
            download = null;
            unwanted = abandoned;
        }
        if (unwanted && result != null) {
            result.close();
        }
        whenDone.run();
    }

    private synchronized void begin() {
        started = true;
        if (abandoned) {
            throw new Problem.Cancelled("pull").exception();
        }
    }

    /** What is wrong with bytes of which some are old may be wrong with those: then once more, from the beginning. */
    private StagedLayer stage(PartialBlobs.Partial partial) throws IOException {
        boolean resumed = partial.length(blob.size()) > 0;
        try {
            return attempt(partial);
        } catch (TarException | BlobDownload.MismatchException e) {
            partial.discard();
            if (!resumed) {
                throw e;
            }
        } catch (EngineException e) {
            if (!(e.problem() instanceof Problem.BadArchive)) {
                throw e;
            }
            partial.discard();
            if (!resumed) {
                throw e;
            }
        }
        return attempt(partial);
    }

    private StagedLayer attempt(PartialBlobs.Partial partial) throws IOException {
        Extraction extraction = new Extraction();
        try (BlobDownload whole = new BlobDownload(repository, blob, partial, new Report(extraction), attempts)) {
            synchronized (this) {
                download = whole;
            }
            begin();
            Verified plain = new Verified(Compression.decompress(whole), whole, extraction);
            StagedLayer unpacked = layers.stage(plain, diffId, extraction);
            extraction.end();
            return unpacked;
        }
    }

    /** The plain bytes, at the end of which the compressed ones have been read to their end and verified too. */
    private static final class Verified extends DirectInput {
        private final DirectInput plain;
        private final BlobDownload whole;
        private final Extraction extraction;

        Verified(DirectInput plain, BlobDownload whole, Extraction extraction) {
            this.plain = plain;
            this.whole = whole;
            this.extraction = extraction;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            int n = plain.read(target);
            if (n < 0) {
                whole.drain();
            } else {
                extraction.feed(n);
            }
            return n;
        }

        @Override
        public void close() throws IOException {
            plain.close();
        }
    }

    /**
     * Files are made while the download goes on, a little behind it, and a client shows one of the two: unpacking is told of from where it is
     * when the download has ended. In bytes of the blob, as Docker has it.
     */
    private final class Extraction implements LongConsumer {
        private long plain;
        private long unpacked;
        private long told;
        private boolean downloaded;

        /** Of the plain bytes so many have been handed on. */
        synchronized void feed(long bytes) {
            plain += bytes;
        }

        @Override
        public synchronized void accept(long bytes) {
            unpacked = bytes;
            tellPosition();
        }

        synchronized void downloaded() {
            downloaded = true;
            tellPosition();
        }

        private void tellPosition() {
            // All of it is for the end, when the last file is there.
            long position = plain == 0 ? 0 : (long) ((double) unpacked / plain * blob.size());
            if (downloaded && position > told && position < blob.size()) {
                tell(position);
            }
        }

        synchronized void end() {
            tell(blob.size());
        }

        private void tell(long position) {
            told = position;
            watchers.forEach(watcher -> watcher.bytes(id(), "Extracting", position, blob.size()));
        }
    }

    private final class Report implements BlobDownload.Listener {
        private final Extraction extraction;

        Report(Extraction extraction) {
            this.extraction = extraction;
        }

        @Override
        public void at(long position, long total) {
            watchers.forEach(watcher -> watcher.bytes(id(), "Downloading", position, total));
        }

        @Override
        public void retrying(int seconds) {
            tell("Retrying in " + seconds + (seconds == 1 ? " second" : " seconds"));
        }

        @Override
        public void complete() {
            tell("Verifying Checksum");
            tell("Download complete");
            extraction.downloaded();
        }
    }

    private synchronized void tell(String words) {
        status = words;
        watchers.forEach(watcher -> watcher.line(id(), words));
    }
}
