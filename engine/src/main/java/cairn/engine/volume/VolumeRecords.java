package cairn.engine.volume;

import static java.lang.System.Logger.Level.WARNING;

import cairn.engine.store.DataRoot;
import cairn.engine.store.Durability;
import cairn.engine.store.StoreFault;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileHandle;
import cairn.linux.FileInput;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import cairn.wire.Json;
import cairn.wire.JsonException;
import cairn.wire.volume.StoredVolume;
import cairn.wire.volume.StoredVolumeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Volumes on disk: Docker's directory, and Cairn's record, which comes before it and goes after it. So a record without a directory, or a
 * directory without {@code _data} that a record names, is what a kill has left.
 */
final class VolumeRecords {
    private static final System.Logger LOG = System.getLogger(VolumeRecords.class.getName());
    private static final String DATA = "_data";
    private static final String OPTIONS = "opts.json";
    private static final String SUFFIX = ".json";
    private static final int LIMIT = 1 << 20;

    private final DataRoot root;
    private final SizeLimits limits;

    VolumeRecords(DataRoot root) {
        this.root = root;
        this.limits = new SizeLimits(root.volumes());
    }

    Path data(String name) {
        return root.volumes().resolve(name).resolve(DATA);
    }

    /** All volumes, those of dockerd too, without what an interrupted making or removal left. */
    List<Volume> load() {
        List<Volume> found = new ArrayList<>();
        try (DirectoryHandle volumes = DirectoryHandle.open(root.volumes());
                DirectoryHandle records = DirectoryHandle.open(root.volumeRecords())) {
            List<String> names = volumes.list();
            for (String file : records.list()) {
                String name = file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
                if (!names.contains(name) || !hasData(volumes, name)) {
                    discard(volumes, name);
                    records.deleteTree(file);
                }
            }
            for (String name : names) {
                if (Volumes.isName(name) && hasData(volumes, name)) {
                    found.add(load(volumes, records, name));
                }
            }
        } catch (LinuxException e) {
            throw StoreFault.of("read volumes", e);
        }
        return found;
    }

    private static boolean hasData(DirectoryHandle volumes, String name) {
        FileStatus status = volumes.stat(name);
        if (status == null || !status.isDirectory()) {
            return false;
        }
        try (DirectoryHandle volume = volumes.openIn(name)) {
            FileStatus data = volume.stat(DATA);
            return data != null && data.isDirectory();
        }
    }

    private Volume load(DirectoryHandle volumes, DirectoryHandle records, String name) {
        try (DirectoryHandle volume = volumes.openIn(name)) {
            FileStatus status = volume.stat();
            Instant changed = Instant.ofEpochSecond(status.changedSeconds(), status.changedNanos());
            StoredVolume stored = null;
            Map<String, String> options = null;
            try {
                stored = read(StoredVolume.class, records, name + SUFFIX);
                StoredVolumeOptions document = read(StoredVolumeOptions.class, volume, OPTIONS);
                options = document == null ? null : LocalOptions.of(document).asGiven();
            } catch (IOException | JsonException | LinuxException e) {
                LOG.log(WARNING, "record of volume {0} cannot be read: {1}", name, e.getMessage());
            }
            return new Volume(
                    name,
                    data(name),
                    stored == null ? changed : instant(stored.createdAt(), changed),
                    stored == null ? null : stored.labels(),
                    stored == null || stored.options() == null ? options : stored.options(),
                    stored == null || stored.madeFor().isEmpty() ? null : stored.madeFor(),
                    stored == null || stored.lastUsed().isEmpty() ? null : instant(stored.lastUsed(), changed));
        }
    }

    private static <T> @Nullable T read(Class<T> type, DirectoryHandle directory, String name) throws IOException {
        if (directory.stat(name) == null) {
            return null;
        }
        try (FileInput file = directory.openFile(name)) {
            return Json.read(type, file.readNBytes(LIMIT));
        }
    }

    private static Instant instant(String text, Instant otherwise) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            return otherwise;
        }
    }

    /** Why the sizes of volumes cannot be limited here; empty if they can. */
    String lackingLimits() {
        return limits.lacking();
    }

    /** Makes a volume; its data directory last, for from then on it exists. @param durable whether it is acknowledged by itself */
    void create(Volume volume, LocalOptions options, boolean durable) {
        save(volume, durable ? Durability.POWER : Durability.ORDERED);
        try (DirectoryHandle volumes = DirectoryHandle.open(root.volumes())) {
            volumes.mkdir(volume.name(), 0701);
            try (DirectoryHandle directory = volumes.openIn(volume.name())) {
                directory.chmod(0701);
                if (options.needsMount() || options.isLimited()) {
                    byte[] document = Json.write(options.stored());
                    try (FileHandle file = directory.createFile(OPTIONS, 0600)) {
                        file.write(document, 0, document.length);
                        Durability.ORDERED.settle(file);
                    }
                }
                directory.mkdir(DATA, 0755);
                try (DirectoryHandle data = directory.openIn(DATA)) {
                    data.chmod(0755);
                    if (options.isLimited()) {
                        limits.keep(directory, data, options.size());
                    }
                }
                if (durable) {
                    directory.sync();
                }
            }
            if (durable) {
                volumes.sync();
            }
        } catch (LinuxException e) {
            delete(volume.name());
            throw StoreFault.of("create volume " + volume.name(), e);
        }
    }

    /** Limits what is in a volume's directory; again is fine. @throws cairn.engine.error.EngineException VolumeNotMounted */
    void limit(String name, long size) {
        withData(name, (volume, data) -> limits.keep(volume, data, size));
    }

    /** Undoes {@link #limit}. */
    void unlimit(String name) {
        withData(name, SizeLimits::release);
    }

    private void withData(String name, BiConsumer<DirectoryHandle, DirectoryHandle> action) {
        try (DirectoryHandle volumes = DirectoryHandle.open(root.volumes());
                DirectoryHandle volume = volumes.openIn(name);
                DirectoryHandle data = volume.openIn(DATA)) {
            action.accept(volume, data);
        } catch (LinuxException e) {
            throw StoreFault.of("limit volume " + name, e);
        }
    }

    /**
     * Puts a directory that has been filled in place of the empty one. False if that cannot be done here, and nothing has happened.
     *
     * @param limited whether what is put together counts against the volume's limit
     */
    boolean fillAside(String name, boolean limited, Consumer<DirectoryHandle> files) {
        String aside = "volume-" + name;
        try (DirectoryHandle tmp = DirectoryHandle.open(root.tmp());
                DirectoryHandle volumes = DirectoryHandle.open(root.volumes());
                DirectoryHandle volume = volumes.openIn(name)) {
            if (tmp.stat().deviceMinor() != volumes.stat().deviceMinor()
                    || tmp.stat().deviceMajor() != volumes.stat().deviceMajor()) {
                return false; // rename(2) stays on one file system.
            }
            tmp.deleteTree(aside);
            tmp.mkdir(aside, 0755);
            try {
                try (DirectoryHandle directory = tmp.openIn(aside)) {
                    directory.chmod(0755);
                    if (limited) {
                        try (DirectoryHandle data = volume.openIn(DATA)) {
                            SizeLimits.countIn(data, directory);
                        }
                    }
                    files.accept(directory);
                }
                // Refused by the kernel if somebody has put something there meanwhile.
                tmp.rename(aside, volume, DATA);
                return true;
            } catch (LinuxException e) {
                tmp.deleteTree(aside);
                if (e.errno() == Errno.ENOTEMPTY || e.errno() == Errno.EEXIST) {
                    return true;
                }
                if (e.errno() == Errno.EXDEV) {
                    return false; // Nor does it lead from one project into a directory that passes on another.
                }
                throw e;
            }
        }
    }

    void save(Volume volume, Durability durability) {
        StoredVolume document = new StoredVolume(
                volume.name(),
                volume.created().toString(),
                volume.labels(),
                volume.options(),
                volume.madeFor() == null ? "" : volume.madeFor(),
                volume.lastUsed() == null ? "" : volume.lastUsed().toString());
        root.files().write(record(volume.name()), Json.write(document), 0600, durability);
    }

    private Path record(String name) {
        return root.volumeRecords().resolve(name + SUFFIX);
    }

    /** Removes it with all it holds; missing is fine. The record goes last: until then a start after a kill finds what is left. */
    void delete(String name) {
        try (DirectoryHandle volumes = DirectoryHandle.open(root.volumes());
                DirectoryHandle records = DirectoryHandle.open(root.volumeRecords())) {
            discard(volumes, name);
            records.deleteTree(name + SUFFIX);
        } catch (LinuxException e) {
            throw StoreFault.of("remove volume " + name, e);
        }
    }

    private void discard(DirectoryHandle volumes, String name) {
        try {
            root.trash().discard(volumes, name);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EXDEV) {
                throw e;
            }
            // Volumes lie on a file system of their own: first it stops being one.
            try (DirectoryHandle volume = volumes.openIn(name)) {
                if (volume.stat(DATA) != null) {
                    volume.rename(DATA, volume, "_removed");
                }
            }
            volumes.deleteTree(name);
        }
    }
}
