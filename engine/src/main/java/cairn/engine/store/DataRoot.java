package cairn.engine.store;

import cairn.engine.error.Problem;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.LinuxException;
import cairn.linux.MountEntry;
import cairn.linux.MountTable;
import cairn.linux.Mounts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * The directory that holds everything Cairn keeps, in the layout of Docker's overlay2 store plus {@code cairn/} for what
 * Cairn alone needs. All its paths are computed here. While one is open no other engine can open the same directory.
 */
public final class DataRoot implements AutoCloseable {
    private final Claim claim;
    private final Path path;
    private final AtomicFiles files;
    private final Trash trash;

    private DataRoot(Claim claim) {
        this.claim = claim;
        this.path = claim.path();
        this.files = new AtomicFiles(tmp());
        this.trash = new Trash(trashDirectory());
    }

    /**
     * A data root that is this process's own, and nothing in it has been read yet.
     *
     * @param path absolute, without links
     */
    public record Claim(Path path, FileChannel lock) {
        /** Removes what an interrupted run left aside. Gives the claim up if that fails. */
        public DataRoot open() {
            try {
                makePrivate(path);
                sweepTemporary(path.resolve("cairn/tmp"));
                return new DataRoot(this);
            } catch (IOException e) {
                release();
                throw new Problem.Internal("open data root " + path + ": " + e.getMessage()).exception(e);
            } catch (RuntimeException e) {
                release();
                throw e instanceof LinuxException fault ? StoreFault.of("open data root " + path, fault) : e;
            }
        }

        /** Somebody else may have it. */
        public void release() {
            try {
                lock.close();
            } catch (IOException e) {
                throw new Problem.Internal("close data root " + path + ": " + e.getMessage()).exception(e);
            }
        }
    }

    /**
     * Makes what is missing, puts modes right and takes the lock. All by calls of the JDK: a daemon listens once it has done this, and
     * the first native call of our own takes 40 ms to set up.
     *
     * @throws cairn.engine.error.EngineException Unavailable when another engine works on the directory
     */
    public static Claim claim(Path path) {
        try {
            Files.createDirectories(path);
            Path real = path.toRealPath();
            makeDirectories(real);
            Claim claim = new Claim(real, lock(real));
            try {
                refuseRunningDockerd(real);
            } catch (RuntimeException | IOException e) {
                claim.release();
                throw e;
            }
            return claim;
        } catch (IOException e) {
            throw new Problem.Internal("open data root " + path + ": " + e.getMessage()).exception(e);
        }
    }

    /** Claims it and opens it. */
    public static DataRoot open(Path path) {
        return claim(path).open();
    }

    // ---- Docker's part

    /** Absolute, without links. */
    public Path path() {
        return path;
    }

    public Path overlay2() {
        return path.resolve("overlay2");
    }

    /** The short links, {@code overlay2/l}. */
    public Path links() {
        return path.resolve("overlay2/l");
    }

    /** One directory for each chain ID. */
    public Path layers() {
        return path.resolve("image/overlay2/layerdb/sha256");
    }

    /** One directory for each container. */
    public Path layerMounts() {
        return path.resolve("image/overlay2/layerdb/mounts");
    }

    public Path layersAside() {
        return path.resolve("image/overlay2/layerdb/tmp");
    }

    /** Image configs by the hexadecimal part of their ID. */
    public Path imageContents() {
        return path.resolve("image/overlay2/imagedb/content/sha256");
    }

    public Path imageMetadata() {
        return path.resolve("image/overlay2/imagedb/metadata/sha256");
    }

    public Path repositories() {
        return path.resolve("image/overlay2/repositories.json");
    }

    public Path distribution() {
        return path.resolve("image/overlay2/distribution");
    }

    public Path containers() {
        return path.resolve("containers");
    }

    public Path volumes() {
        return path.resolve("volumes");
    }

    // ---- Cairn's own

    /** For what Docker has no place for. */
    public Path cairn() {
        return path.resolve("cairn");
    }

    /** Marks of what has been begun and is not yet in the records; see {@link Pending}. */
    public Path pending() {
        return path.resolve("cairn/pending");
    }

    /** Records of networks. */
    public Path networks() {
        return path.resolve("cairn/networks");
    }

    /** Emptied at every start. */
    public Path tmp() {
        return path.resolve("cairn/tmp");
    }

    /** Names and IDs of images that are not to be collected. */
    public Path pins() {
        return path.resolve("cairn/pins.json");
    }

    /** The journal of events; made when the first is written. */
    public Path events() {
        return path.resolve("cairn/events");
    }

    /** When each image was last used; may be missing, and may lag some seconds behind. */
    public Path lastUsed() {
        return path.resolve("cairn/last-used.json");
    }

    /** Blobs of registries that are not whole yet, by the hexadecimal part of their digests; whatever is missing here is fetched again. */
    public Path downloads() {
        return path.resolve("cairn/downloads");
    }

    /** By the hexadecimal part of an image's ID: the manifests under which registries have it, byte for byte. */
    public Path manifests() {
        return path.resolve("cairn/manifests");
    }

    /** What Cairn knows of volumes: one document for each. */
    public Path volumeRecords() {
        return path.resolve("cairn/volumes");
    }

    private Path trashDirectory() {
        return path.resolve("cairn/trash");
    }

    public AtomicFiles files() {
        return files;
    }

    public Trash trash() {
        return trash;
    }

    @Override
    public void close() {
        trash.close();
        files.close();
        try {
            undoPrivate();
        } finally {
            claim.release();
        }
    }

    // ---- opening

    /** Each directory with its mode: Docker's, which an unprivileged user cannot list (security: no setuid files of images in reach). */
    private static final List<Place> PLACES = List.of(
            new Place("", 0710),
            new Place("containers", 0710),
            new Place("volumes", 0701),
            new Place("overlay2", 0710),
            new Place("overlay2/l", 0700),
            new Place("image", 0700),
            new Place("image/overlay2", 0700),
            new Place("image/overlay2/distribution", 0700),
            new Place("image/overlay2/distribution/diffid-by-digest", 0755),
            new Place("image/overlay2/distribution/diffid-by-digest/sha256", 0755),
            new Place("image/overlay2/distribution/v2metadata-by-diffid", 0755),
            new Place("image/overlay2/distribution/v2metadata-by-diffid/sha256", 0755),
            new Place("image/overlay2/imagedb", 0700),
            new Place("image/overlay2/imagedb/content", 0700),
            new Place("image/overlay2/imagedb/content/sha256", 0700),
            new Place("image/overlay2/imagedb/metadata", 0700),
            new Place("image/overlay2/imagedb/metadata/sha256", 0700),
            new Place("image/overlay2/layerdb", 0700),
            new Place("image/overlay2/layerdb/sha256", 0755),
            new Place("image/overlay2/layerdb/mounts", 0755),
            new Place("image/overlay2/layerdb/tmp", 0755),
            new Place("cairn", 0700),
            new Place("cairn/downloads", 0700),
            new Place("cairn/manifests", 0700),
            new Place("cairn/networks", 0700),
            new Place("cairn/pending", 0700),
            new Place("cairn/tmp", 0700),
            new Place("cairn/trash", 0700),
            new Place("cairn/volumes", 0700));

    /**
     * One directory of the layout.
     *
     * @param path relative to the root; empty for the root itself
     */
    public record Place(String path, int mode) {}

    /** All directories that every root has. */
    public static List<Place> places() {
        return PLACES;
    }

    private static void makeDirectories(Path root) throws IOException {
        for (Place place : PLACES) {
            Path directory = place.path.isEmpty() ? root : root.resolve(place.path);
            Files.createDirectories(directory);
            Set<PosixFilePermission> wanted = permissions(place.mode);
            if (!Files.getPosixFilePermissions(directory).equals(wanted)) {
                Files.setPosixFilePermissions(directory, wanted);
            }
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        StringBuilder text = new StringBuilder("rwxrwxrwx");
        for (int bit = 0; bit < text.length(); bit++) {
            if ((mode & (0400 >> bit)) == 0) {
                text.setCharAt(bit, '-');
            }
        }
        return PosixFilePermissions.fromString(text.toString());
    }

    /** fcntl(2) locks, unlike flock(2), die with this process even where a child has inherited the descriptor. */
    private static FileChannel lock(Path root) throws IOException {
        Path file = root.resolve("cairn/lock");
        // Looked up before it is tried: closing any descriptor of the file would drop a lock that this very process
        // holds.
        if (Files.exists(file)) {
            String holder = FileLocks.holder(file, "POSIX");
            if (holder != null) {
                throw inUse(root, "cairnd, process " + holder);
            }
        }
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            throw inUse(root, "another cairnd");
        }
        return channel;
    }

    /** dockerd has no lock of its own on the root, but keeps these databases open and locked with flock(2) while it runs. */
    private static void refuseRunningDockerd(Path root) throws IOException {
        for (String database : List.of("volumes/metadata.db", "network/files/local-kv.db", "buildkit/cache.db")) {
            Path file = root.resolve(database);
            if (Files.isRegularFile(file)) {
                String holder = FileLocks.holder(file, "FLOCK");
                if (holder != null) {
                    throw inUse(root, "dockerd, process " + holder);
                }
            }
        }
    }

    private static RuntimeException inUse(Path root, String holder) {
        return new Problem.Unavailable("data root " + root + " is in use by " + holder).exception();
    }

    /**
     * Where the mount below is shared, container roots mounted here would appear in every other mount namespace of the machine and
     * keep layers busy there. The whole root is bound, not overlay2 alone: rename(2) does not cross mounts, and things move to the trash.
     */
    private static void makePrivate(Path root) throws IOException {
        MountEntry mount = MountTable.holding(MountTable.read(), root.toString());
        if (mount == null || mount.optional().stream().noneMatch(tag -> tag.startsWith("shared:"))) {
            return;
        }
        Files.write(bound(root), new byte[0]);
        Mounts.bind(root.toString(), root.toString(), true);
        Mounts.mount(null, root.toString(), null, Mounts.MS_PRIVATE, null);
    }

    private void undoPrivate() {
        if (!Files.exists(bound(path))) {
            return;
        }
        MountEntry mount = MountTable.at(MountTable.read(), path.toString());
        try {
            if (mount != null) {
                // Lazily: the monitors of running containers keep files open here.
                Mounts.unmount(path.toString(), Mounts.MNT_DETACH | Mounts.UMOUNT_NOFOLLOW);
            }
            Files.deleteIfExists(bound(path));
        } catch (LinuxException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
        } catch (IOException e) {
            throw new Problem.Internal("close data root " + path + ": " + e.getMessage()).exception(e);
        }
    }

    /** Says that the bind mount on the root is ours to undo, also after a kill. */
    private static Path bound(Path root) {
        return root.resolve("cairn/bound");
    }

    private static void sweepTemporary(Path tmp) {
        try (DirectoryHandle directory = DirectoryHandle.open(tmp)) {
            directory.list().forEach(directory::deleteTree);
        }
    }
}
