package cairn.engine.layer;

import cairn.linux.LinuxException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sets the disk to work while layers are still being unpacked. Publishing syncs the whole file system once; without this the kernel would have
 * kept nearly everything in memory until then, and the disk would have nothing to do first and the processor nothing to do afterwards.
 *
 * <p>It is by syncs of the whole as well: file by file (sync_file_range(2)) each is a request and a completion of its own, where a sync sends
 * neighbours together, and that costs a seventh more processor for a layer of small files.
 */
final class EarlyWriteBack implements AutoCloseable {
    /** Bytes unpacked from one sync to the next, unless the disk is slower. */
    private static final long STEP = 64L << 20;

    private static final int IDLE_SECONDS = 5;

    private final OverlayDirectories overlay;
    private final AtomicLong unsynced = new AtomicLong();
    private final AtomicBoolean syncing = new AtomicBoolean();
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("cairn-write-back").daemon().factory(),
            // After the end nobody needs an early sync.
            new ThreadPoolExecutor.DiscardPolicy());

    EarlyWriteBack(OverlayDirectories overlay) {
        this.overlay = overlay;
        thread.allowCoreThreadTimeOut(true);
    }

    /** So many bytes have been written to files. Does not wait. */
    void written(long bytes) {
        if (unsynced.addAndGet(bytes) >= STEP && syncing.compareAndSet(false, true)) {
            thread.execute(this::sync);
        }
    }

    private void sync() {
        unsynced.set(0);
        try {
            overlay.syncAside();
        } catch (LinuxException e) {
            // The sync before publishing meets it again, and there it counts.
        } finally {
            syncing.set(false);
        }
    }

    /** Waits for a sync that is under way. */
    @Override
    public void close() {
        thread.close();
    }
}
