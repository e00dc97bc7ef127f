package cairn.engine.layer;

import cairn.linux.LinuxException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sets the disk to work while layers are still being unpacked. Publishing syncs the whole file system once; without this the kernel would have
 * kept nearly everything in memory until then, and the disk would have nothing to do first and the processor nothing to do afterwards.
 */
final class EarlyWriteBack {
    /** Less, and the journal's commits get into the way of those who create files. */
    private static final long STEP = 96L << 20;

    private final OverlayDirectories overlay;
    private final AtomicLong unwritten = new AtomicLong();
    private final AtomicBoolean running = new AtomicBoolean();

    EarlyWriteBack(OverlayDirectories overlay) {
        this.overlay = overlay;
    }

    /** Told of bytes that go into layers; returns at once. */
    void unpacked(long bytes) {
        if (unwritten.addAndGet(bytes) < STEP || !running.compareAndSet(false, true)) {
            return;
        }
        unwritten.set(0);
        Thread.ofPlatform().name("cairn-write-back").daemon().start(() -> {
            try {
                overlay.sync();
            } catch (LinuxException e) {
                // The sync before publishing meets it again, and there it counts.
            } finally {
                running.set(false);
            }
        });
    }
}
