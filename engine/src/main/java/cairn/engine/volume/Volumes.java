package cairn.engine.volume;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.event.Events;
import cairn.engine.store.DataRoot;
import cairn.engine.store.DirectorySize;
import cairn.engine.store.Durability;
import cairn.engine.store.StoreFault;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.KernelThread;
import cairn.linux.LinuxException;
import cairn.linux.MountEntry;
import cairn.linux.MountTable;
import cairn.linux.Mounts;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All volumes, who uses them, and what is mounted in them. A user is a container's ID: while it is noted, the volume cannot be removed. Safe
 * for several threads; one volume's changes come one after the other.
 */
public final class Volumes {
    private static final System.Logger LOG = System.getLogger(Volumes.class.getName());
    private static final int ID_BYTES = 32;

    /** What is asked for when a volume is to be made. @param name empty for a made-up one @param driver empty for the local one */
    public record Request(
            String name,
            String driver,
            @Nullable Map<String, String> options,
            @Nullable Map<String, String> labels) {}

    /** One volume in memory. */
    private static final class Entry {
        final ReentrantLock lock = new ReentrantLock();
        volatile Volume volume;
        LocalOptions options;
        final Set<String> users = new TreeSet<>();
        /** Who needs its own mount at this moment. */
        final Set<String> mounters = new TreeSet<>();

        boolean mounted;
        boolean removed;

        Entry(Volume volume, LocalOptions options) {
            this.volume = volume;
            this.options = options;
        }
    }

    private final VolumeRecords records;
    private final Events events;
    private final Clock clock;
    private final RandomGenerator random;
    private final Map<String, Entry> byName = new ConcurrentHashMap<>();

    /** Reads all volumes of the root, also those that dockerd has made. */
    public Volumes(DataRoot root, Events events, Clock clock, RandomGenerator random) {
        this.records = new VolumeRecords(root);
        this.events = events;
        this.clock = clock;
        this.random = random;
        List<Volume> found = records.load();
        List<MountEntry> table = !found.stream().allMatch(Volume::liesHere) ? MountTable.read() : List.of();
        for (Volume volume : found) {
            Entry entry = new Entry(volume, optionsOf(volume));
            entry.mounted = entry.options.needsMount()
                    && MountTable.at(table, volume.data().toString()) != null;
            byName.put(volume.name(), entry);
        }
    }

    private static LocalOptions optionsOf(Volume volume) {
        try {
            return LocalOptions.parse(volume.name(), volume.options());
        } catch (EngineException e) {
            LOG.log(System.Logger.Level.WARNING, "options of volume {0}: {1}", volume.name(), e.problem());
            return LocalOptions.NONE;
        }
    }

    /** Whether a directory of this name can be a volume. */
    static boolean isName(String name) {
        return name.length() > 1
                && letterOrDigit(name.charAt(0))
                && name.chars().allMatch(Volumes::fits);
    }

    private static boolean letterOrDigit(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    private static boolean fits(int c) {
        return letterOrDigit(c) || c == '_' || c == '.' || c == '-';
    }

    private static void checkName(String name) {
        if (name.length() == 1) {
            throw new Problem.InvalidVolume(
                            name, "volume name is too short, names should be at least two alphanumeric characters")
                    .exception();
        }
        if (!isName(name)) {
            throw new Problem.InvalidVolume(
                            name,
                            "\"" + name + "\" includes invalid characters for a local volume name, only"
                                    + " \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host"
                                    + " directory, use absolute path")
                    .exception();
        }
    }

    // ---- making and removing

    /** Makes a volume that stays until somebody removes it; one of that name is returned as it is. */
    public Volume create(Request request) {
        return obtain(request, null);
    }

    /**
     * The volume of that name, made if there is none, and in use by this container from now on. One without a name goes with the container:
     * a start that finds no such container removes it.
     *
     * @param user the container's ID
     */
    public Volume use(Request request, String user) {
        return obtain(request, user);
    }

    /**
     * Makes a volume with files in it. Nobody sees it before it is full, and a kill leaves none.
     *
     * @param files writes them into the directory
     * @throws EngineException Conflict if there is one of that name; what the files throw
     */
    public Volume createFilled(Request request, Consumer<DirectoryHandle> files) {
        String name = request.name();
        Volume made = make(name, request, false, Volume.UNFINISHED);
        if (made == null) {
            throw new Problem.Conflict("create " + name + ": there is a volume of that name").exception();
        }
        try {
            fill(name, made.data(), files);
            keep(name);
            release(name, Volume.UNFINISHED);
        } catch (RuntimeException e) {
            release(name, Volume.UNFINISHED);
            remove(name, true);
            throw e;
        }
        return get(name);
    }

    public boolean exists(String name) {
        return byName.containsKey(name);
    }

    private Volume obtain(Request request, @Nullable String user) {
        boolean anonymous = request.name().isEmpty();
        String name = anonymous ? newName() : request.name();
        if (!request.driver().isEmpty() && !request.driver().equals(Volume.DRIVER)) {
            throw new Problem.NoSuchVolumeDriver(name, request.driver()).exception();
        }
        while (true) {
            Entry entry = byName.get(name);
            if (entry == null) {
                Volume made = make(name, request, anonymous, user);
                if (made != null) {
                    return made;
                }
                continue;
            }
            entry.lock.lock();
            try {
                if (!entry.removed) {
                    if (user != null) {
                        entry.users.add(user);
                    }
                    return entry.volume;
                }
            } finally {
                entry.lock.unlock();
            }
        }
    }

    private String newName() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Null if somebody else was faster. */
    private @Nullable Volume make(String name, Request request, boolean anonymous, @Nullable String user) {
        checkName(name);
        LocalOptions options = LocalOptions.parse(name, request.options());
        if (options.isLimited()) {
            refuseLimit(name, options);
        }
        Volume volume = new Volume(
                name,
                records.data(name),
                clock.instant(),
                labels(request, anonymous),
                request.options() == null || request.options().isEmpty() ? null : request.options(),
                anonymous || Volume.UNFINISHED.equals(user) ? user : null,
                null);
        Entry entry = new Entry(volume, options);
        entry.lock.lock();
        try {
            if (byName.putIfAbsent(name, entry) != null) {
                return null;
            }
            try {
                records.create(volume, options, user == null);
            } catch (RuntimeException e) {
                entry.removed = true;
                byName.remove(name, entry);
                throw e;
            }
            if (user != null) {
                entry.users.add(user);
            }
        } finally {
            entry.lock.unlock();
        }
        tell(name, "create", Map.of());
        return volume;
    }

    private void refuseLimit(String name, LocalOptions options) {
        String lacking = records.lackingLimits();
        if (lacking.isEmpty() && options.needsMount()) {
            lacking =
                    "size limits a directory of the engine's own, and not what is mounted there: leave out size, or type,"
                            + " device and o";
        }
        if (!lacking.isEmpty()) {
            throw new Problem.InvalidVolume(name, lacking).exception();
        }
    }

    private static @Nullable Map<String, String> labels(Request request, boolean anonymous) {
        if (!anonymous) {
            return request.labels();
        }
        Map<String, String> labels = new LinkedHashMap<>();
        if (request.labels() != null) {
            labels.putAll(request.labels());
        }
        labels.put(Volume.ANONYMOUS, "");
        return labels;
    }

    /** @param force whether it is fine if there is none */
    public void remove(String name, boolean force) {
        Entry entry = byName.get(name);
        if (entry == null) {
            if (force) {
                return;
            }
            throw new Problem.NoSuchVolume(name).exception();
        }
        entry.lock.lock();
        try {
            if (entry.removed) {
                if (force) {
                    return;
                }
                throw new Problem.NoSuchVolume(name).exception();
            }
            if (!entry.users.isEmpty() || !entry.mounters.isEmpty()) {
                throw new Problem.VolumeInUse(name, List.copyOf(entry.users.isEmpty() ? entry.mounters : entry.users))
                        .exception();
            }
            unmountLocked(entry);
            refuseMounts(name);
            unlimitLocked(entry);
            records.delete(name);
            entry.removed = true;
            byName.remove(name, entry);
        } finally {
            entry.lock.unlock();
        }
        tell(name, "destroy", Map.of());
    }

    private void unlimitLocked(Entry entry) {
        if (!entry.options.isLimited() || entry.options.needsMount()) {
            return;
        }
        try {
            records.unlimit(entry.volume.name());
        } catch (EngineException e) {
            LOG.log(System.Logger.Level.WARNING, "limit of volume {0} stays: {1}", entry.volume.name(), e.problem());
        }
    }

    /** A removal must not walk into what somebody has mounted there, nor carry it away. */
    private void refuseMounts(String name) {
        String directory = String.valueOf(records.data(name).getParent());
        for (MountEntry mount : MountTable.below(MountTable.read(), directory)) {
            throw new Problem.Conflict("remove " + name + ": something is mounted on " + mount.mountPoint())
                    .exception();
        }
    }

    /** Removes volumes without a name whose container does not exist: a kill came between the making of the one and the other. */
    public void sweep(Set<String> containers) {
        for (Volume volume : list()) {
            if (volume.madeFor() != null && !containers.contains(volume.madeFor())) {
                try {
                    remove(volume.name(), true);
                } catch (EngineException e) {
                    LOG.log(System.Logger.Level.WARNING, "volume {0} stays: {1}", volume.name(), e.problem());
                }
            }
        }
    }

    // ---- reading

    /** By name. */
    public List<Volume> list() {
        List<Volume> all = new ArrayList<>();
        byName.values().forEach(entry -> all.add(entry.volume));
        all.sort(Comparator.comparing(Volume::name));
        return all;
    }

    /** @throws EngineException NoSuchVolume */
    public Volume get(String name) {
        return entry(name).volume;
    }

    private Entry entry(String name) {
        Entry entry = byName.get(name);
        if (entry == null) {
            throw new Problem.NoSuchVolume(name).exception();
        }
        return entry;
    }

    /** IDs of the containers that have it, running or not; none if there is no such volume. */
    public Set<String> users(String name) {
        Entry entry = byName.get(name);
        if (entry == null) {
            return Set.of();
        }
        entry.lock.lock();
        try {
            return Set.copyOf(entry.users);
        } finally {
            entry.lock.unlock();
        }
    }

    /** Bytes of its files; reads all of its directories. */
    public long size(Volume volume) {
        return KernelThread.call("cairn-size-volume", () -> {
            try (DirectoryHandle data = DirectoryHandle.open(volume.data())) {
                return DirectorySize.of(data);
            } catch (LinuxException e) {
                if (e.errno() == Errno.ENOENT) {
                    return 0L;
                }
                throw StoreFault.of("count files of volume " + volume.name(), e);
            }
        });
    }

    // ---- users

    /** A container that was there before this daemon has it; no such volume is fine, its start will tell. */
    public void note(String name, String user) {
        Entry entry = byName.get(name);
        if (entry != null) {
            locked(entry, () -> entry.users.add(user));
        }
    }

    /** The container does not have it any more. */
    public void release(String name, String user) {
        Entry entry = byName.get(name);
        if (entry != null) {
            locked(entry, () -> entry.users.remove(user));
        }
    }

    /** From now on it stays although its container goes. */
    public void keep(String name) {
        Entry entry = byName.get(name);
        if (entry != null) {
            locked(entry, () -> {
                if (entry.volume.madeFor() != null && !entry.removed) {
                    entry.volume = entry.volume.kept();
                    records.save(entry.volume, Durability.ORDERED);
                }
                return true;
            });
        }
    }

    private static <T> T locked(Entry entry, Supplier<T> action) {
        entry.lock.lock();
        try {
            return action.get();
        } finally {
            entry.lock.unlock();
        }
    }

    // ---- mounts of its own

    /**
     * Makes it ready to be looked into: what its options ask for is mounted there until the last who asked for it is gone. Of one with a size
     * the limit is set anew, for a kill may have come before it, and whoever has brought the files here from elsewhere has not brought it.
     *
     * @throws EngineException NoSuchVolume, VolumeNotMounted
     */
    public Path mount(String name, String user) {
        Entry entry = entry(name);
        if (!entry.options.needsMount()) {
            if (entry.options.isLimited()) {
                records.limit(name, entry.options.size());
            }
            return entry.volume.data();
        }
        return KernelThread.call(
                "cairn-volume-mount",
                () -> locked(entry, () -> {
                    if (entry.removed) {
                        throw new Problem.NoSuchVolume(name).exception();
                    }
                    if (!entry.mounted) {
                        LocalMount.of(entry.options).mount(entry.volume.data());
                        entry.mounted = true;
                    }
                    entry.mounters.add(user);
                    return entry.volume.data();
                }));
    }

    /** As {@link #mount}, of a container that runs already: what is mounted there stays. */
    public void resume(String name, String user) {
        Entry entry = byName.get(name);
        if (entry != null && entry.options.needsMount()) {
            locked(entry, () -> entry.mounters.add(user));
        }
    }

    /** Undoes {@link #mount}; not mounted is fine. */
    public void unmount(String name, String user) {
        Entry entry = byName.get(name);
        if (entry == null || !entry.options.needsMount()) {
            return;
        }
        KernelThread.call(
                "cairn-volume-mount",
                () -> locked(entry, () -> {
                    entry.mounters.remove(user);
                    if (entry.mounters.isEmpty()) {
                        unmountLocked(entry);
                    }
                    return true;
                }));
    }

    private static void unmountLocked(Entry entry) {
        if (!entry.mounted) {
            return;
        }
        String path = entry.volume.data().toString();
        try {
            Mounts.unmount(path, Mounts.UMOUNT_NOFOLLOW);
        } catch (LinuxException e) {
            if (e.errno() == Errno.EBUSY) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "volume {0} stays mounted: {1}",
                        entry.volume.name(),
                        e.getMessage());
                return;
            }
            if (e.errno() != Errno.EINVAL && e.errno() != Errno.ENOENT) {
                throw StoreFault.of("unmount volume " + entry.volume.name(), e);
            }
        }
        entry.mounted = false;
    }

    /**
     * Fills it if it is empty. Files of a plain volume that nobody uses yet are put together aside and come in one step, so that a kill leaves
     * all of them or none.
     *
     * @param data as {@link #mount} gave it, for this very caller
     * @param files writes them into the directory
     */
    public void fill(String name, Path data, Consumer<DirectoryHandle> files) {
        Entry entry = entry(name);
        locked(entry, () -> {
            try (DirectoryHandle to = DirectoryHandle.open(data)) {
                if (!to.list().isEmpty()) {
                    return true;
                }
                if (entry.options.needsMount()
                        || entry.users.size() > 1
                        || !records.fillAside(name, entry.options.isLimited(), files)) {
                    files.accept(to);
                }
            }
            return true;
        });
    }

    /** Unmounts what nobody needs: a kill came between the mount and the container, or the container's end and this. */
    public void settle() {
        for (Entry entry : byName.values()) {
            if (entry.mounted) {
                locked(entry, () -> {
                    if (entry.mounters.isEmpty()) {
                        unmountLocked(entry);
                    }
                    return true;
                });
            }
        }
    }

    /** Somebody has stopped using it; a kill before the next such moment loses this one. */
    public void used(String name) {
        Entry entry = byName.get(name);
        if (entry != null) {
            locked(entry, () -> {
                if (!entry.removed) {
                    entry.volume = entry.volume.usedUntil(clock.instant());
                    records.save(entry.volume, Durability.PROCESS);
                }
                return true;
            });
        }
    }

    /** Publishes an event of it; the driver is told with each. */
    public void tell(String name, String action, Map<String, String> more) {
        Map<String, String> attributes = new LinkedHashMap<>(more);
        attributes.put("driver", Volume.DRIVER);
        events.publish("volume", action, name, attributes);
    }
}
