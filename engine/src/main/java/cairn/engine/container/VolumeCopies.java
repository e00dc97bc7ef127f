package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.layer.FileTree;
import cairn.engine.layer.TreeUnpacker;
import cairn.engine.volume.TreeCopy;
import cairn.engine.volume.Volume;
import cairn.engine.volume.Volumes;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.InRoot;
import cairn.linux.KernelThread;
import cairn.linux.LinuxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Whole volumes into new ones and into archives, and back. What a kill cuts short leaves no volume behind. */
public final class VolumeCopies {
    /** The label of a snapshot, with the name of what it is one of. */
    public static final String SNAPSHOT_OF = "cairn.volume.snapshot-of";

    private static final String THREAD = "cairn-volume-copy";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Volumes volumes;
    private final Roster roster;
    private final Pauses pauses;
    private final Clock clock;

    VolumeCopies(Volumes volumes, Roster roster, Pauses pauses, Clock clock) {
        this.volumes = volumes;
        this.roster = roster;
        this.pauses = pauses;
        this.clock = clock;
    }

    /** @param shared whether the copy has the original's blocks until one of them is written to */
    public record Copied(Volume volume, boolean shared) {}

    /** A new volume with the same files and labels; a plain directory, whatever the original's options are. */
    public Copied clone(String name, String newName) {
        Map<String, String> labels = new LinkedHashMap<>(volumes.get(name).knownLabels());
        labels.remove(Volume.ANONYMOUS);
        return copy(name, newName, labels.isEmpty() ? null : labels);
    }

    /**
     * As {@link #clone}, of one moment: the containers that run with it stand still meanwhile.
     *
     * @param newName empty for the volume's name and the time
     */
    public Copied snapshot(String name, String newName) {
        Map<String, String> labels = new LinkedHashMap<>(volumes.get(name).knownLabels());
        labels.remove(Volume.ANONYMOUS);
        labels.put(SNAPSHOT_OF, name);
        Deque<Live> held = new ArrayDeque<>();
        try {
            for (String user : volumes.users(name)) {
                Live live = roster.find(user);
                if (pauses.hold(live)) {
                    held.push(live);
                }
            }
            return copy(name, newName.isEmpty() ? name + "." + STAMP.format(clock.instant()) : newName, labels);
        } finally {
            held.forEach(pauses::letGo);
        }
    }

    private Copied copy(String name, String newName, @Nullable Map<String, String> labels) {
        if (newName.isEmpty()) {
            throw new Problem.InvalidParameter("the new volume needs a name").exception();
        }
        AtomicBoolean shared = new AtomicBoolean();
        Volume made = KernelThread.call(THREAD, () -> {
            String user = "copy-" + newName;
            Path data = volumes.mount(name, user);
            try (DirectoryHandle from = DirectoryHandle.open(data)) {
                return volumes.createFilled(
                        new Volumes.Request(newName, "", null, labels), to -> shared.set(TreeCopy.copy(from, to)));
            } catch (LinuxException e) {
                throw fault("copy volume " + name, e);
            } finally {
                volumes.unmount(name, user);
            }
        });
        return new Copied(made, shared.get());
    }

    /** Writes all files as a tar, names beginning with {@code ./}; the stream stays open. */
    public void export(String name, OutputStream out) throws IOException {
        KernelThread.transfer(THREAD, () -> {
            String user = "export-" + name;
            Path data = volumes.mount(name, user);
            try (DirectoryHandle directory = DirectoryHandle.open(data)) {
                FileTree.writeDirectory(directory, "/", ".", null, out);
            } catch (LinuxException e) {
                throw fault("export volume " + name, e);
            } finally {
                volumes.unmount(name, user);
            }
        });
    }

    /** Unpacks an archive, plain or compressed, into a volume, which is made if there is none. */
    public void receive(String name, InputStream archive) throws IOException {
        KernelThread.transfer(THREAD, () -> {
            if (!volumes.exists(name)) {
                Volume _ = volumes.createFilled(new Volumes.Request(name, "", null, null), to -> {
                    try (InRoot root = InRoot.of(to)) {
                        unpack(archive, to, root);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                return;
            }
            String user = "import-" + name;
            Path data = volumes.mount(name, user);
            try (DirectoryHandle directory = DirectoryHandle.open(data);
                    InRoot root = InRoot.open(data)) {
                unpack(archive, directory, root);
            } finally {
                volumes.unmount(name, user);
            }
        });
    }

    private static void unpack(InputStream archive, DirectoryHandle directory, InRoot root) throws IOException {
        try {
            TreeUnpacker.unpack(archive, directory, root, "/", new TreeUnpacker.Options(false, null, true, null));
        } catch (LinuxException e) {
            throw fault("import volume", e);
        }
    }

    private static RuntimeException fault(String what, LinuxException e) {
        return e.errno() == Errno.ENOSPC || e.errno() == Errno.EDQUOT
                ? new Problem.DiskFull(what).exception(e)
                : new Problem.Internal(what + ": " + e.getMessage()).exception(e);
    }
}
