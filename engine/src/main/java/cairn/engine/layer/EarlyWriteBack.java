package cairn.engine.layer;

import cairn.linux.FileHandle;
import cairn.linux.LinuxException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sets the disk to work while layers are still being unpacked. Publishing syncs the whole file system once; without this the kernel would have
 * kept nearly everything in memory until then, and the disk would have nothing to do first and the processor nothing to do afterwards. File by
 * file, for a sync of everything would also write what has been downloaded, which nobody wants any more once its layer is published.
 */
final class EarlyWriteBack implements AutoCloseable {
    /** Files that are handed over together: so many may stay open a while. */
    private static final int BATCH_FILES = 32;

    private static final long BATCH_BYTES = 4 << 20;

    /** Batches that may wait; the disk has enough to do then, and later ones are left to the sync. */
    private static final int BATCHES = 8;

    /** Bytes that the disk was given and after which it is told to put them where they last. */
    private static final long FLUSH = 96L << 20;

    /** One to write while the other waits for the disk. */
    private static final int THREADS = 2;

    private static final int IDLE_SECONDS = 5;

    private final OverlayDirectories overlay;
    private final AtomicLong unflushed = new AtomicLong();
    private final AtomicBoolean flushing = new AtomicBoolean();
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(BATCHES),
            Thread.ofPlatform().name("cairn-write-back-", 0).daemon().factory(),
            (batch, full) -> ((Batch) batch).close());

    EarlyWriteBack(OverlayDirectories overlay) {
        this.overlay = overlay;
        threads.allowCoreThreadTimeOut(true);
    }

    /** Takes over the files of one layer; for one thread. Close it to hand over the last ones. */
    final class Written implements AutoCloseable {
        private Batch batch = new Batch();

        /** Closes the file, at once or later. */
        void complete(FileHandle file, long size) {
            if (size == 0) {
                file.close();
                return;
            }
            batch.files.add(file);
            batch.bytes += size;
            if (batch.files.size() == BATCH_FILES || batch.bytes >= BATCH_BYTES) {
                close();
            }
        }

        @Override
        public void close() {
            threads.execute(batch);
            batch = new Batch();
        }
    }

    private final class Batch implements Runnable {
        private final List<FileHandle> files = new ArrayList<>();
        private long bytes;

        @Override
        public void run() {
            try {
                files.forEach(FileHandle::beginWriteOut);
            } catch (LinuxException e) {
                // The sync before publishing meets it again, and there it counts.
            } finally {
                close();
            }
            if (unflushed.addAndGet(bytes) >= FLUSH && flushing.compareAndSet(false, true)) {
                flush();
            }
        }

        private void close() {
            files.forEach(FileHandle::close);
        }
    }

    private void flush() {
        unflushed.set(0);
        try {
            overlay.flush();
        } catch (LinuxException e) {
            // As above.
        } finally {
            flushing.set(false);
        }
    }

    /** Waits until no file is open any more. */
    @Override
    public void close() {
        threads.close();
    }
}
