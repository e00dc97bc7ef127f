package cairn.engine.layer;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.layer.LayerDatabase.LayerRecord;
import cairn.engine.store.DataRoot;
import cairn.engine.store.Pending;
import cairn.engine.store.StoreFault;
import cairn.linux.LinuxException;
import cairn.oci.ChainId;
import cairn.oci.DiffId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The read-only layers of one data root. Each use of a layer (an image, a container, a layer on top of it, or the caller who has just
 * unpacked it) counts; a layer goes when its last use is released.
 *
 * <p>A layer appears in the records as a whole or not at all. What a kill leaves behind is known by marks that are set before anything
 * is made, and removed by {@link #sweep}; directories without a mark may be dockerd's and are never touched.
 *
 * <p>Safe for several threads.
 */
public final class Layers implements AutoCloseable {
    private final OverlayDirectories overlay;
    private final Path scratch;
    private final LayerDatabase database;
    private final Pending pending;
    private final LayerStaging staging;

    private final Object lock = new Object();
    private final Map<ChainId, Layer> known = new HashMap<>();
    private final Map<ChainId, Integer> uses = new HashMap<>();
    /** Layers made here that no image's record refers to yet. */
    private final Set<ChainId> unrecorded = new HashSet<>();
    /** Layers that are marked as having something on top. */
    private final Set<ChainId> committed = new HashSet<>();

    private final ReadWriteLayers readWrite;

    /** Reads the records of the root; {@link #sweep} is to be called once all images have taken their layers. */
    public Layers(DataRoot root) {
        this.scratch = root.tmp();
        this.overlay = new OverlayDirectories(root);
        this.database = new LayerDatabase(root);
        this.pending = new Pending(root.pending());
        this.staging = new LayerStaging(this, overlay, database, pending);
        try {
            load();
            this.readWrite = new ReadWriteLayers(this, overlay, database, pending);
        } catch (IOException e) {
            throw new Problem.StoreDamaged(root.layers().toString(), String.valueOf(e.getMessage())).exception(e);
        }
    }

    // ---- reading

    /** Null if there is no such layer. */
    public @Nullable Layer find(ChainId chain) {
        synchronized (lock) {
            return known.get(chain);
        }
    }

    /** Any layer of that content, whatever lies below it; null if there is none. */
    public @Nullable Layer find(DiffId diffId) {
        synchronized (lock) {
            return known.values().stream()
                    .filter(layer -> layer.diffId().equals(diffId))
                    .findAny()
                    .orElse(null);
        }
    }

    /** All layers from this one down, topmost first. */
    public List<Layer> chain(ChainId top) {
        List<Layer> chain = new ArrayList<>();
        synchronized (lock) {
            for (ChainId at = top; at != null; ) {
                Layer layer = known.get(at);
                if (layer == null) {
                    throw new Problem.StoreDamaged(at.toString(), "layer is missing").exception();
                }
                chain.add(layer);
                at = layer.parent();
            }
        }
        return chain;
    }

    /** Whether a directory of {@code overlay2} is being filled, published or taken apart by this engine now. */
    public boolean isUnderway(String cacheId) {
        return pending.isHeld(cacheId);
    }

    /** As {@link #chain}, but empty once the layer is gone: for lists, which others may change meanwhile. */
    public List<Layer> chainIfKnown(ChainId top) {
        synchronized (lock) {
            return known.containsKey(top) ? chain(top) : List.of();
        }
    }

    /** Bytes of all layers from this one down. */
    public long totalSize(ChainId top) {
        return chain(top).stream().mapToLong(Layer::size).sum();
    }

    /** The directories that inspect of an image shows. */
    public GraphDriverData graphDriver(ChainId top) {
        List<Layer> chain = chain(top);
        Layer layer = chain.getFirst();
        String lower =
                chain.stream().skip(1).map(below -> below.diff().toString()).collect(Collectors.joining(":"));
        return new GraphDriverData(
                lower.isEmpty() ? null : lower,
                layer.directory().resolve("merged").toString(),
                layer.diff().toString(),
                layer.directory().resolve("work").toString());
    }

    /**
     * Writes the plain tar that the layer was unpacked from, byte for byte, from its tar-split record; for a layer without one, an
     * equivalent tar whose digest differs.
     *
     * @return the bytes written
     */
    public long tar(ChainId chain, OutputStream out) throws IOException {
        return new LayerTar(overlay, database).write(require(chain), out);
    }

    /** As {@link #tar}, to be read. A thread of its own makes it while it is read; close it to end that. */
    public InputStream openTar(ChainId chain) {
        return new LayerTar(overlay, database).open(require(chain));
    }

    /**
     * As {@link #openTar}, compressed with gzip.
     *
     * @param plainBytes is told, from the thread that makes it, how many bytes of the tar have gone in so far
     */
    public InputStream openGzip(ChainId chain, LongConsumer plainBytes) {
        return new LayerTar(overlay, database).openGzip(require(chain), plainBytes);
    }

    /**
     * Writes a chain as one directory, the way a container would see it.
     *
     * @param directory empty, or missing with an existing parent
     */
    public void flatten(ChainId top, Path directory) throws IOException {
        FlatRoot.write(chain(top), directory, scratch, LayerStaging.umask());
    }

    /** The length of what {@link #tar} writes. */
    public long tarLength(ChainId chain) throws IOException {
        return new LayerTar(overlay, database).length(require(chain));
    }

    private Layer require(ChainId chain) {
        Layer layer = find(chain);
        if (layer == null) {
            throw new Problem.StoreDamaged(chain.toString(), "layer is missing").exception();
        }
        return layer;
    }

    // ---- making

    /**
     * Unpacks a layer and publishes it on its parent; a chain that exists already is reused. The caller gets one use of it.
     *
     * @param plainTar not compressed; read to its end, not closed
     * @param expected what the stream's digest must be; null to take any
     * @throws EngineException BadArchive with the entry's name, DiskFull, TooManyLayers; nothing is left behind
     * @throws IOException from the stream
     */
    public Layer unpack(@Nullable ChainId parent, InputStream plainTar, @Nullable DiffId expected) throws IOException {
        try (StagedLayer staged = stage(plainTar, expected)) {
            return publish(parent, List.of(staged));
        }
    }

    /** The first half of {@link #unpack}: any number of these may run at once, for layers of one image too. */
    public StagedLayer stage(InputStream plainTar, @Nullable DiffId expected) throws IOException {
        return stage(plainTar, expected, count -> {});
    }

    /** @param unpacked is told, from another thread, how many bytes of the tar have become files so far */
    public StagedLayer stage(InputStream plainTar, @Nullable DiffId expected, LongConsumer unpacked)
            throws IOException {
        return staging.stage(plainTar, expected, unpacked);
    }

    /**
     * The second half of {@link #unpack}, for any number of layers that lie on one another, lowest first: all of them cost one sync
     * together. Staged layers that turn out to exist already are not used.
     *
     * @return the topmost layer, of which the caller gets one use
     */
    public Layer publish(@Nullable ChainId parent, List<StagedLayer> staged) {
        if (staged.isEmpty()) {
            throw new IllegalArgumentException("no layers");
        }
        List<Layer> below = parent == null ? List.of() : chain(parent);
        if (below.size() + staged.size() > Overlay.MAX_LOWERS) {
            throw new Problem.TooManyLayers(Overlay.MAX_LOWERS).exception();
        }
        try {
            List<LayerRecord> records = complete(parent, below.isEmpty() ? null : lower(below), staged);
            Layer top = null;
            for (int i = 0; i < staged.size(); i++) {
                Layer next = publish(records.get(i), staged.get(i));
                if (top != null) {
                    release(top.chainId());
                }
                top = next;
            }
            // One for all of them; who uses a layer before it would write a record of his own later.
            database.sync();
            return Objects.requireNonNull(top);
        } catch (LinuxException e) {
            throw StoreFault.of("publish layer", e);
        }
    }

    private List<LayerRecord> complete(@Nullable ChainId parent, @Nullable String lower, List<StagedLayer> staged) {
        List<LayerRecord> records = new ArrayList<>();
        ChainId below = parent;
        String links = lower;
        boolean dirty = false;
        for (StagedLayer layer : staged) {
            ChainId chain = below == null ? new ChainId(layer.diffId().digest()) : below.next(layer.diffId());
            LayerRecord record = new LayerRecord(chain, layer.diffId(), layer.cacheId(), layer.size(), below);
            records.add(record);
            Layer known = find(chain);
            if (known == null) {
                staging.complete(record, links);
                dirty = true;
            }
            String link = "l/" + (known == null ? layer.link() : known.link());
            links = links == null ? link : link + ":" + links;
            below = chain;
        }
        if (dirty) {
            overlay.sync();
        }
        return records;
    }

    private Layer publish(LayerRecord record, StagedLayer staged) {
        synchronized (lock) {
            // Known before, or published by another thread meanwhile: the staged copy is thrown away when it is closed.
            if (retainIfKnown(record.chainId())) {
                return require(record.chainId());
            }
            if (record.parent() != null) {
                require(record.parent());
                markCommitted(record.parent());
            }
            database.publishLayer(record.cacheId(), record.chainId());
            staged.published();
            Layer layer = layer(record, staged.link());
            add(layer);
            unrecorded.add(layer.chainId());
            retain(layer.chainId());
            return layer;
        }
    }

    /**
     * Puts the files of a staged layer in place of a damaged one's, which is thrown away with the staged layer; a kill leaves the old files or the
     * new. Its diff ID has to be the same.
     *
     * @param cacheId of the damaged layer, which need not be known here: its record may be damaged too
     * @throws EngineException Unavailable while a container that has the layer in its root is mounted
     */
    public void replaceFiles(ChainId chain, String cacheId, StagedLayer staged) {
        String link = overlay.link(cacheId);
        String name = link == null ? cacheId : link;
        try {
            for (MountedOverlay mount : MountedOverlay.read(Path.of("/proc/self/mounts"))) {
                if (mount.lowers().stream().anyMatch(lower -> lower.contains(cacheId) || lower.endsWith(name))) {
                    throw new Problem.Unavailable("a container runs on layer " + chain + ": stop it first").exception();
                }
            }
            overlay.sync();
            overlay.exchangeDiffs(staged.cacheId(), cacheId);
            database.replaceTarSplit(staged.cacheId(), chain);
        } catch (LinuxException e) {
            throw StoreFault.of("replace files of layer " + chain, e);
        } catch (IOException e) {
            throw new Problem.Internal("replace files of layer " + chain + ": " + e.getMessage()).exception(e);
        }
    }

    /** Short names of these layers as a {@code lower} file has them. */
    static String lower(List<Layer> topmostFirst) {
        return topmostFirst.stream().map(layer -> "l/" + layer.link()).collect(Collectors.joining(":"));
    }

    /** Says on disk that something lies on the layer. */
    void markCommitted(ChainId chain) {
        synchronized (lock) {
            if (committed.add(chain)) {
                overlay.commit(require(chain).cacheId());
            }
        }
    }

    void discardStaged(String cacheId, String link) {
        staging.discard(cacheId, link);
    }

    // ---- uses

    /** One more use of a layer; a use of all layers below is part of it. */
    public void retain(ChainId chain) {
        synchronized (lock) {
            require(chain);
            uses.merge(chain, 1, Integer::sum);
        }
    }

    /** As {@link #retain}; false if there is no such layer. */
    public boolean retainIfKnown(ChainId chain) {
        synchronized (lock) {
            if (!known.containsKey(chain)) {
                return false;
            }
            retain(chain);
            return true;
        }
    }

    /** Ends one use. Layers that nothing uses any more are removed from the records now and from the disk later; they are returned, topmost first. */
    public List<ChainId> release(ChainId chain) {
        List<ChainId> removed = new ArrayList<>();
        synchronized (lock) {
            ChainId at = chain;
            while (at != null && endUse(at)) {
                Layer layer = require(at);
                remove(layer);
                removed.add(at);
                at = layer.parent();
            }
            keep(at);
        }
        return removed;
    }

    /** Somebody has taken a use of what was {@link #abandon abandoned}. */
    private void keep(@Nullable ChainId top) {
        for (ChainId at = top; at != null; at = require(at).parent()) {
            if (!unrecorded.contains(at) && pending.isHeld(require(at).cacheId())) {
                pending.end(require(at).cacheId());
            }
        }
    }

    private boolean endUse(ChainId chain) {
        Integer left = uses.merge(chain, -1, Integer::sum);
        if (left != null && left < 0) {
            throw new IllegalStateException("released more often than used: " + chain);
        }
        return Objects.equals(left, 0);
    }

    private void remove(Layer layer) {
        // The mark first: between here and the end of the next lines a kill leaves a directory that no record names.
        pending.begin(layer.cacheId());
        database.discardLayer(layer.chainId());
        overlay.discard(layer.cacheId(), layer.link());
        pending.end(layer.cacheId());
        known.remove(layer.chainId());
        uses.remove(layer.chainId());
        unrecorded.remove(layer.chainId());
        committed.remove(layer.chainId());
        readWrite.forget(layer.chainId());
    }

    /**
     * The record that names this chain is about to be removed from the disk, and its use released: should a kill come in between, the next
     * start sweeps the layers that only this use keeps.
     */
    public void abandon(ChainId top) {
        synchronized (lock) {
            for (ChainId at = top;
                    at != null && Objects.equals(uses.get(at), 1);
                    at = require(at).parent()) {
                pending.begin(require(at).cacheId());
            }
        }
    }

    /** An image's record on disk names this chain now: its layers are no longer swept as leftovers of a kill. */
    public void recorded(ChainId top) {
        synchronized (lock) {
            for (Layer layer : chain(top)) {
                if (unrecorded.remove(layer.chainId())) {
                    pending.end(layer.cacheId());
                }
            }
        }
    }

    /**
     * Removes what an interrupted run of Cairn left: directories that no record names, and layers that no image got to name. To be
     * called once, when every image has {@link #retain retained} its chain.
     */
    public void sweep() {
        synchronized (lock) {
            Set<String> published = known.values().stream().map(Layer::cacheId).collect(Collectors.toSet());
            for (String cacheId : pending.names()) {
                if (!published.contains(cacheId) && !readWrite.has(cacheId)) {
                    staging.discardStray(cacheId);
                    if (overlay.exists(cacheId + "-init")) {
                        staging.discardStray(cacheId + "-init");
                    }
                }
            }
            sweepUnrecorded();
            // What nothing of ours uses and we have not made belongs to dockerd's builder, whose records are its own.
            for (ChainId chain : known.keySet()) {
                uses.putIfAbsent(chain, 1);
            }
        }
    }

    /** Reads the records again and takes in layers that have become readable; known ones stay as they are. */
    public void takeUp() {
        synchronized (lock) {
            try {
                Set<ChainId> before = Set.copyOf(known.keySet());
                load();
                known.keySet().stream()
                        .filter(chain -> !before.contains(chain))
                        .forEach(chain -> uses.putIfAbsent(chain, 1));
                readWrite.takeUp();
            } catch (IOException e) {
                throw new Problem.StoreDamaged("layerdb", String.valueOf(e.getMessage())).exception(e);
            }
        }
    }

    /** Removes a layer that nobody uses, but that is kept because it might have been somebody's; false if it is in use after all. */
    public boolean releaseUnused(ChainId chain) {
        synchronized (lock) {
            if (!Objects.equals(uses.get(chain), 1) || isParent(chain)) {
                return false;
            }
            release(chain);
            return true;
        }
    }

    private boolean isParent(ChainId chain) {
        return known.values().stream().anyMatch(layer -> chain.equals(layer.parent()));
    }

    private void sweepUnrecorded() {
        for (ChainId chain : List.copyOf(unrecorded)) {
            Layer layer = known.get(chain);
            if (layer == null) {
                continue; // removed together with one on top of it
            }
            if (uses.containsKey(chain)) {
                pending.end(layer.cacheId());
                unrecorded.remove(chain);
            } else {
                retain(chain);
                release(chain);
            }
        }
    }

    // ---- containers

    /** The writable layers of containers. */
    public ReadWriteLayers readWrite() {
        return readWrite;
    }

    // ---- loading

    private void load() throws IOException {
        Set<String> marked = Set.copyOf(pending.names());
        Map<ChainId, LayerRecord> records =
                database.readLayers().stream().collect(Collectors.toMap(LayerRecord::chainId, record -> record));
        for (LayerRecord record : records.values()) {
            load(record, records, marked);
        }
    }

    /** A layer counts only if all layers below it do. */
    private boolean load(LayerRecord record, Map<ChainId, LayerRecord> records, Set<String> marked) {
        if (known.containsKey(record.chainId())) {
            return true;
        }
        if (record.parent() != null) {
            LayerRecord parent = records.get(record.parent());
            if (parent == null || !load(parent, records, marked)) {
                return false;
            }
        }
        String link = overlay.link(record.cacheId());
        if (link == null) {
            return false;
        }
        Layer layer = layer(record, link);
        add(layer);
        if (marked.contains(layer.cacheId())) {
            unrecorded.add(layer.chainId());
        }
        return true;
    }

    private Layer layer(LayerRecord record, String link) {
        return new Layer(
                record.chainId(),
                record.diffId(),
                record.cacheId(),
                link,
                record.size(),
                record.parent(),
                overlay.path(record.cacheId()));
    }

    private void add(Layer layer) {
        known.put(layer.chainId(), layer);
        if (layer.parent() != null) {
            retain(layer.parent());
        }
    }

    @Override
    public void close() {
        pending.close();
        database.close();
        staging.close();
        overlay.close();
    }
}
