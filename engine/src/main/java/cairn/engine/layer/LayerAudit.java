package cairn.engine.layer;

import cairn.engine.error.EngineException;
import cairn.engine.store.DirectorySize;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarException;
import cairn.oci.tar.TarLimits;
import cairn.oci.tar.TarName;
import cairn.oci.tar.TarReader;
import cairn.oci.tar.TarSplitReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares a layer's directory with its tar-split record: makes the archive again, digests it, and looks at each name that it brings and
 * at each that it does not. Reads only, and trusts neither side.
 */
public final class LayerAudit {
    /** A layer that is wrong altogether is not told name by name. */
    private static final int MOST_FAULTS = 100;

    private final List<LayerFault> faults = Collections.synchronizedList(new ArrayList<>());
    private final Set<Name> claimed = new HashSet<>();
    private final Map<Long, List<List<LayerFault>>> linked = new HashMap<>();
    private final Set<Long> counted = new HashSet<>();
    private long bytes;

    /** A name in a directory that is known by its inode: an archive may lead to it through links. */
    private record Name(long directory, String name) {}

    private LayerAudit() {}

    /**
     * The result.
     *
     * @param faults no more than a hundred
     * @param size what the layer's {@code size} has to be; see {@link Layer#size}
     */
    public record Result(List<LayerFault> faults, long size) {
        public Result {
            faults = List.copyOf(faults);
        }
    }

    /**
     * @param record the layer's {@code tar-split.json.gz}
     * @param contents whether to read the files as well; without, only headers are compared
     */
    public static Result compare(Path diff, Path record, DiffId expected, boolean contents) throws IOException {
        LayerAudit audit = new LayerAudit();
        try (DirectoryHandle root = DirectoryHandle.open(diff);
                InRoot layer = InRoot.open(diff)) {
            boolean complete = audit.entries(root, layer, record, expected, contents);
            audit.walk(root, "", complete);
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
        return new Result(audit.distinct(), audit.bytes);
    }

    /** A file that is missing or has another length is noticed from both sides; it is told once. */
    private List<LayerFault> distinct() {
        Set<String> missing = new HashSet<>();
        Set<String> damaged = new HashSet<>();
        for (LayerFault fault : faults) {
            if (fault.kind() == LayerFault.Kind.MISSING) {
                missing.add(fault.path());
            }
        }
        return faults.stream()
                .filter(fault -> fault.kind() != LayerFault.Kind.CONTENT
                        || (!missing.contains(fault.path()) && damaged.add(fault.path())))
                .limit(MOST_FAULTS)
                .toList();
    }

    /** The size alone, for a layer without a record. */
    public static long size(Path diff) {
        try (DirectoryHandle root = DirectoryHandle.open(diff)) {
            return DirectorySize.of(root);
        }
    }

    private void fault(LayerFault.Kind kind, String path, String what) {
        faults.add(new LayerFault(kind, path, what));
    }

    // ---- the archive

    /** Whether all entries were seen, so that what no entry names is known to be too much. */
    private boolean entries(DirectoryHandle root, InRoot layer, Path record, DiffId expected, boolean contents)
            throws IOException {
        Handover handover = new Handover();
        MessageDigest digest = Digest.newSha256();
        // A platform thread: it reads files, which blocks in the kernel.
        Thread assembler = Thread.ofPlatform().name("cairn-check").daemon().start(() -> {
            IOException failure = null;
            try (InputStream split = new BufferedInputStream(Files.newInputStream(record), 64 << 10);
                    OutputStream out = handover.writer()) {
                if (contents) {
                    assemble(split, layer, new DigestOutputStream(out, digest));
                } else {
                    TarSplitReader.skeleton(Compression.tarSplit(split), out);
                }
            } catch (IOException e) {
                failure = e;
            } catch (RuntimeException e) {
                failure = new IOException(e.getMessage(), e);
            } finally {
                handover.end(failure);
            }
        });
        boolean complete = true;
        try (InputStream in = handover.reader();
                TarReader tar = new TarReader(in, TarLimits.DEFAULT).acceptAnyNames();
                OpenPath parents = new OpenPath(root, layer);
                OpenPath targets = new OpenPath(root, layer)) {
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                entry(entry, parents, targets);
            }
        } catch (TarException e) {
            complete = false;
            fault(LayerFault.Kind.RECORD, "", "has a tar-split record that cannot be read: " + e.getMessage());
        } finally {
            join(assembler);
        }
        finishLinked();
        if (contents && complete && faults.stream().noneMatch(fault -> fault.kind() == LayerFault.Kind.CONTENT)) {
            DiffId actual = new DiffId(Digest.sha256(digest));
            if (!actual.equals(expected)) {
                fault(LayerFault.Kind.DIGEST, "", "makes an archive with digest " + actual + ", not " + expected);
            }
        }
        return complete;
    }

    private void assemble(InputStream split, InRoot layer, OutputStream out) throws IOException {
        TarSplitReader.assemble(
                Compression.tarSplit(split),
                name -> {
                    try {
                        return layer.openFile(name);
                    } catch (LinuxException e) {
                        // That it is missing is told once, by its entry.
                        return InputStream.nullInputStream();
                    }
                },
                (name, why) -> fault(LayerFault.Kind.CONTENT, clean(name), why),
                out);
    }

    private static String clean(String name) {
        String text = name;
        while (text.startsWith("./") || text.startsWith("/")) {
            text = text.substring(text.startsWith("/") ? 1 : 2);
        }
        return text;
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void entry(TarEntry entry, OpenPath parents, OpenPath targets) {
        if (TarName.isEscaped(entry.name())) {
            return; // No file of that name can be asked for; its content is compared all the same.
        }
        try {
            EntryPath path = EntryPath.of(entry.name(), entry.name());
            if (path == null || Unpacker.isAufs(path)) {
                return;
            }
            DirectoryHandle parent = parents.open(path.parents(), false, entry.name());
            if (path.name().equals(Overlay.OPAQUE_MARK)) {
                opaque(parent, path);
            } else if (path.name().startsWith(Overlay.WHITEOUT_PREFIX)) {
                whiteout(parent, path);
            } else {
                named(entry, path, parent, targets);
            }
        } catch (EngineException | LinuxException e) {
            fault(LayerFault.Kind.MISSING, clean(entry.name()), "is missing: " + e.getMessage());
        }
    }

    private void opaque(DirectoryHandle parent, EntryPath path) {
        if (!parent.getxattrs().containsKey(Overlay.OPAQUE)) {
            fault(
                    LayerFault.Kind.METADATA,
                    String.join("/", path.parents()),
                    "does not hide the layers below any more: " + Overlay.OPAQUE + " is missing");
        }
    }

    private void whiteout(DirectoryHandle parent, EntryPath path) {
        String hidden = path.name().substring(Overlay.WHITEOUT_PREFIX.length());
        FileStatus status = parent.stat(hidden);
        if (status == null) {
            fault(LayerFault.Kind.MISSING, path.text(), "is missing: the marker that hides " + hidden);
        } else if (status.isWhiteout()) {
            claimed.add(new Name(parent.stat().inode(), hidden));
        }
        // Anything else the archive has put there itself, or nobody claims it and the walk tells.
    }

    private void named(TarEntry entry, EntryPath path, DirectoryHandle parent, OpenPath targets) {
        FileStatus status = parent.stat(path.name());
        claimed.add(new Name(parent.stat().inode(), path.name()));
        if (status == null) {
            fault(LayerFault.Kind.MISSING, path.text(), "is missing");
            return;
        }
        List<LayerFault> found = new ArrayList<>();
        EntryMetadata.compare(entry, status, path, parent, found);
        switch (entry.type()) {
            case HARD_LINK -> {
                hardLink(entry, path, status, targets);
                linked.computeIfAbsent(status.inode(), key -> new ArrayList<>()).add(found);
            }
            case FILE -> {
                if (status.links() > 1) {
                    linked.computeIfAbsent(status.inode(), key -> new ArrayList<>())
                            .add(found);
                } else {
                    faults.addAll(found);
                }
            }
            default -> faults.addAll(found);
        }
    }

    private void hardLink(TarEntry entry, EntryPath path, FileStatus status, OpenPath targets) {
        EntryPath target = EntryPath.of(entry.linkName(), entry.name());
        if (target == null) {
            return;
        }
        FileStatus other = targets.open(target.parents(), false, entry.name()).stat(target.name());
        if (other == null || other.inode() != status.inode()) {
            fault(LayerFault.Kind.METADATA, path.text(), "is not the same file as " + target.text() + " any more");
        }
    }

    /** Several entries describe one file: dockerd lets the last one win, Cairn the first. */
    private void finishLinked() {
        for (List<List<LayerFault>> versions : linked.values()) {
            if (versions.stream().noneMatch(List::isEmpty)) {
                faults.addAll(versions.getFirst());
            }
        }
    }

    // ---- the directory

    /** Whether anything in it is named by an entry; counts the bytes of all of it. */
    private boolean walk(DirectoryHandle directory, String path, boolean complete) {
        List<String> names;
        try {
            names = directory.list();
        } catch (LinuxException e) {
            if (e.errno() == Errno.EILSEQ) {
                return true; // Names that are not UTF-8: they cannot be told apart here.
            }
            throw e;
        }
        long inode = directory.stat().inode();
        boolean any = false;
        for (String name : names) {
            FileStatus status = directory.stat(name);
            if (status == null) {
                continue;
            }
            boolean known = claimed.contains(new Name(inode, name));
            int before = faults.size();
            if (status.isDirectory()) {
                try (DirectoryHandle inner = directory.openIn(name)) {
                    // Parents of what an archive names need no entry of their own.
                    known |= walk(inner, path + name + "/", complete);
                }
            } else if (status.links() == 1 || counted.add(status.inode())) {
                bytes += status.size();
            }
            any |= known;
            if (!known && complete) {
                // One fault for a whole directory.
                faults.subList(before, faults.size()).clear();
                fault(LayerFault.Kind.EXTRA, path + name, "is in no entry of the layer's archive");
            }
        }
        return any;
    }
}
