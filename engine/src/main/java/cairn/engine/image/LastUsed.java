package cairn.engine.image;

import static java.lang.System.Logger.Level.WARNING;

import cairn.engine.error.EngineException;
import cairn.engine.store.AtomicFiles;
import cairn.engine.store.Durability;
import cairn.oci.ImageId;
import cairn.wire.Json;
import cairn.wire.JsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When each image was last used: a container was made from it or started, or it was tagged, loaded, saved. A use costs one write in
 * memory; a thread of its own writes them down, some seconds later and without a sync, so that a kill loses the last seconds of this and
 * nothing else. Safe for several threads.
 */
public final class LastUsed implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LastUsed.class.getName());
    private static final long DELAY_MILLIS = 3000;
    private static final long MAX_BYTES = 64 << 20;

    private final Path file;
    private final AtomicFiles files;
    private final Clock clock;
    private final Map<ImageId, Instant> times = new ConcurrentHashMap<>();
    private final Object lock = new Object();
    private final Thread writer;
    private boolean dirty;
    private boolean closing;

    public LastUsed(Path file, AtomicFiles files, Clock clock) {
        this.file = file;
        this.files = files;
        this.clock = clock;
        read();
        // Also when there is nothing to say: the file is there from the first start on.
        this.dirty = !Files.exists(file);
        write();
        this.writer = Thread.ofPlatform().name("cairn-last-used").daemon().unstarted(this::writeWhenChanged);
        writer.start();
    }

    private void read() {
        try {
            if (Files.exists(file)
                    && Files.size(file) <= MAX_BYTES
                    && Json.tree(Files.readAllBytes(file)) instanceof Map<?, ?> map) {
                map.forEach((id, time) ->
                        times.put(ImageId.parse(String.valueOf(id)), Instant.parse(String.valueOf(time))));
            }
        } catch (IOException | JsonException | IllegalArgumentException | DateTimeException e) {
            // Worth a word and no more: images then count as used when they were tagged.
            LOG.log(WARNING, "{0} cannot be read: {1}", file, e.getMessage());
        }
    }

    public void note(ImageId image) {
        times.put(image, clock.instant());
        changed();
    }

    /** What events say of images, which is why {@link ImageEvents} are to be passed on here. */
    public void happened(ImageEvents.Action action, String actor) {
        if (!actor.startsWith("sha256:")) {
            return;
        }
        ImageId image = ImageId.parse(actor);
        switch (action) {
            case UNTAG -> {}
            case DELETE -> {
                if (times.remove(image) != null) {
                    changed();
                }
            }
            default -> note(image);
        }
    }

    private void changed() {
        synchronized (lock) {
            dirty = true;
            lock.notifyAll();
        }
    }

    /** Of an image that nothing is known of: when it was tagged, or made. */
    public Instant of(Image image) {
        Instant used = times.get(image.id());
        Instant tagged = image.lastTagTime();
        if (used == null || tagged != null && tagged.isAfter(used)) {
            return tagged == null ? image.created() : tagged;
        }
        return used;
    }

    private void writeWhenChanged() {
        while (awaitChange()) {
            write();
        }
        write();
    }

    /** False when it is being closed. Returns some time after a change, so that many changes are one write. */
    private boolean awaitChange() {
        synchronized (lock) {
            try {
                while (!dirty && !closing) {
                    lock.wait();
                }
                long deadline = System.nanoTime() + DELAY_MILLIS * 1_000_000;
                for (long left = DELAY_MILLIS; !closing && left > 0; ) {
                    lock.wait(left);
                    left = (deadline - System.nanoTime()) / 1_000_000;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            return !closing;
        }
    }

    private void write() {
        synchronized (lock) {
            if (!dirty) {
                return;
            }
            dirty = false;
        }
        Map<String, String> document = new TreeMap<>();
        times.forEach((id, time) -> document.put(id.toString(), time.toString()));
        try {
            files.write(file, Json.write(document), 0600, Durability.PROCESS);
        } catch (EngineException e) {
            LOG.log(WARNING, "{0} cannot be written: {1}", file, e.problem());
        }
    }

    /** Writes what is not written yet. */
    @Override
    public void close() {
        synchronized (lock) {
            closing = true;
            lock.notifyAll();
        }
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
