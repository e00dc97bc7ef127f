package cairn.engine.layer;

import static java.lang.System.Logger.Level.WARNING;

import cairn.engine.store.DataRoot;
import cairn.engine.store.Durability;
import cairn.engine.store.Trash;
import cairn.linux.DirectoryHandle;
import cairn.oci.ChainId;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The records of Docker's layer database: small files without a newline in one directory for each chain and each container. */
final class LayerDatabase implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LayerDatabase.class.getName());
    static final String TAR_SPLIT = "tar-split.json.gz";

    private final DataRoot root;
    private final DirectoryHandle layers;
    private final DirectoryHandle mounts;
    private final DirectoryHandle aside;
    private final Trash trash;

    LayerDatabase(DataRoot root) {
        this.root = root;
        this.layers = DirectoryHandle.open(root.layers());
        this.mounts = DirectoryHandle.open(root.layerMounts());
        this.aside = DirectoryHandle.open(root.layersAside());
        this.trash = root.trash();
    }

    /** A layer's record as it is read, its directory not yet looked at. */
    record LayerRecord(
            ChainId chainId,
            DiffId diffId,
            String cacheId,
            long size,
            @Nullable ChainId parent) {}

    /** A container's record. */
    record MountRecord(
            String containerId, String mountId, @Nullable ChainId parent) {}

    /** All layers that are whole; broken ones are logged and left alone. */
    List<LayerRecord> readLayers() throws IOException {
        List<LayerRecord> records = new ArrayList<>();
        for (Path directory : directories(root.layers())) {
            // dockerd renames what it removes to "<hex>-<random>-removing".
            if (isHex64(directory.getFileName().toString())) {
                try {
                    records.add(readLayer(directory));
                } catch (IOException | IllegalArgumentException e) {
                    LOG.log(WARNING, "layer record {0} is broken: {1}", directory, e.getMessage());
                }
            }
        }
        return records;
    }

    private static LayerRecord readLayer(Path directory) throws IOException {
        ChainId chain = new ChainId(new Digest("sha256", directory.getFileName().toString()));
        String below = readOptional(directory.resolve("parent"));
        ChainId parent = below == null ? null : ChainId.parse(below);
        DiffId diffId = DiffId.parse(read(directory.resolve("diff")));
        // Also what keeps records from naming each other as their parents in a circle.
        ChainId computed = parent == null ? new ChainId(diffId.digest()) : parent.next(diffId);
        if (!computed.equals(chain)) {
            throw new IllegalArgumentException("its parent and diff ID make chain " + computed);
        }
        return new LayerRecord(
                chain,
                diffId,
                checkedId(read(directory.resolve("cache-id"))),
                Long.parseLong(read(directory.resolve("size"))),
                parent);
    }

    /** All containers' records that name a layer; broken ones are logged and left alone. */
    List<MountRecord> readMounts() throws IOException {
        List<MountRecord> records = new ArrayList<>();
        for (Path directory : directories(root.layerMounts())) {
            try {
                String parent = readOptional(directory.resolve("parent"));
                records.add(new MountRecord(
                        directory.getFileName().toString(),
                        checkedId(read(directory.resolve("mount-id"))),
                        parent == null || parent.isEmpty() ? null : ChainId.parse(parent)));
            } catch (IOException | IllegalArgumentException e) {
                LOG.log(WARNING, "layer record {0} is broken: {1}", directory, e.getMessage());
            }
        }
        return records;
    }

    /** Makes the directory in which a layer's record is written before it is published. */
    DirectoryHandle beginLayer(String cacheId) {
        aside.mkdir(cacheId, 0700);
        return aside.openIn(cacheId);
    }

    DirectoryHandle openAside(String cacheId) {
        return aside.openIn(cacheId);
    }

    static void writeLayer(DirectoryHandle directory, LayerRecord record) {
        OverlayDirectories.writeFile(directory, "diff", record.diffId.toString(), 0644, Durability.PROCESS);
        OverlayDirectories.writeFile(directory, "size", Long.toString(record.size), 0644, Durability.PROCESS);
        OverlayDirectories.writeFile(directory, "cache-id", record.cacheId, 0644, Durability.PROCESS);
        if (record.parent != null) {
            OverlayDirectories.writeFile(directory, "parent", record.parent.toString(), 0644, Durability.PROCESS);
        }
    }

    /** Makes the layer known: from here on a start finds it, after a power cut only if {@link #sync} has returned. */
    void publishLayer(String cacheId, ChainId chain) {
        aside.rename(cacheId, layers, chain.digest().hex());
    }

    /** Layers that have been published are on disk afterwards. */
    void sync() {
        layers.sync();
    }

    /** Puts the tar-split record of a staged layer in place of a published one's. */
    void replaceTarSplit(String cacheId, ChainId chain) {
        try (DirectoryHandle from = aside.openIn(cacheId);
                DirectoryHandle to = layers.openIn(chain.digest().hex())) {
            from.rename(TAR_SPLIT, to, TAR_SPLIT);
            to.sync();
        }
    }

    void discardAside(String cacheId) {
        trash.discard(aside, cacheId);
    }

    void discardLayer(ChainId chain) {
        trash.discard(layers, chain.digest().hex());
    }

    Path tarSplit(ChainId chain) {
        return root.layers().resolve(chain.digest().hex()).resolve(TAR_SPLIT);
    }

    /** First of all that belongs to a container's layers, so that a start after a kill finds what to remove. */
    void createMount(MountRecord record, Durability durability) {
        mounts.mkdir(record.containerId, 0755);
        try (DirectoryHandle directory = mounts.openIn(record.containerId)) {
            OverlayDirectories.writeFile(directory, "mount-id", record.mountId, 0644, durability);
            OverlayDirectories.writeFile(directory, "init-id", record.mountId + "-init", 0644, durability);
            if (record.parent != null) {
                OverlayDirectories.writeFile(directory, "parent", record.parent.toString(), 0644, durability);
            }
        }
    }

    void discardMount(String containerId) {
        trash.discard(mounts, containerId);
    }

    /** Containers' records in which not even a layer's name stands: nothing else had been made when they were begun. */
    List<String> emptyMounts() throws IOException {
        List<String> names = new ArrayList<>();
        for (Path directory : directories(root.layerMounts())) {
            String id = readOptional(directory.resolve("mount-id"));
            if (id == null || id.isEmpty()) {
                names.add(directory.getFileName().toString());
            }
        }
        return names;
    }

    private static List<Path> directories(Path parent) throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    private static @Nullable String readOptional(Path file) throws IOException {
        return Files.exists(file) ? read(file) : null;
    }

    /** These names are joined to paths; a record that says {@code ../..} must not lead anywhere. */
    private static String checkedId(String id) {
        if (id.isEmpty() || id.startsWith(".") || id.indexOf('/') >= 0 || id.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("bad directory name '" + id + "'");
        }
        return id;
    }

    static boolean isHex64(String text) {
        return text.length() == 64 && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    @Override
    public void close() {
        layers.close();
        mounts.close();
        aside.close();
    }
}
