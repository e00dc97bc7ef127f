package cairn.engine.layer;

import cairn.engine.error.EngineException;
import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarLimits;
import cairn.oci.tar.TarName;
import cairn.oci.tar.TarReader;
import cairn.oci.tar.TarSplitReader;
import cairn.oci.tar.TarType;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Puts a layer's directory right by its tar-split record, as far as the record goes: it has every header, and no file's content. What is
 * missing and has no content is made again; owner, mode, attributes, link target and times become those of the entry. May be repeated.
 */
public final class LayerRestore {
    private final List<TarEntry> directories = new ArrayList<>();
    private final OpenPath parents;
    private final OpenPath targets;

    private LayerRestore(OpenPath parents, OpenPath targets) {
        this.parents = parents;
        this.targets = targets;
    }

    /** @throws IOException where the record is broken or a file cannot be put right */
    public static void restore(Path diff, Path record) throws IOException {
        Handover handover = new Handover();
        Thread skeleton = Thread.ofPlatform().name("cairn-restore").daemon().start(() -> {
            IOException failure = null;
            try (InputStream split = new BufferedInputStream(Files.newInputStream(record), 64 << 10);
                    OutputStream out = handover.writer()) {
                TarSplitReader.skeleton(Compression.tarSplit(split), out);
            } catch (IOException e) {
                failure = e;
            } finally {
                handover.end(failure);
            }
        });
        try (DirectoryHandle root = DirectoryHandle.open(diff);
                InRoot layer = InRoot.open(diff);
                InputStream in = handover.reader();
                TarReader tar = new TarReader(in, TarLimits.DEFAULT).acceptAnyNames();
                OpenPath parents = new OpenPath(root, layer);
                OpenPath targets = new OpenPath(root, layer)) {
            LayerRestore restore = new LayerRestore(parents, targets);
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                restore.entry(entry);
            }
            // Once everything in them is in place: each name made or removed changes a directory's time.
            restore.directories.forEach(restore::directory);
            skeleton.join();
        } catch (LinuxException | EngineException e) {
            throw new IOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void entry(TarEntry entry) {
        if (TarName.isEscaped(entry.name())) {
            return;
        }
        EntryPath path = EntryPath.of(entry.name(), entry.name());
        if (path == null || Unpacker.isAufs(path)) {
            return;
        }
        DirectoryHandle parent = parents.open(path.parents(), true, entry.name());
        if (path.name().equals(Overlay.OPAQUE_MARK)) {
            Overlay.makeOpaque(parent);
        } else if (path.name().startsWith(Overlay.WHITEOUT_PREFIX)) {
            String hidden = path.name().substring(Overlay.WHITEOUT_PREFIX.length());
            if (parent.stat(hidden) == null) {
                parent.mknod(hidden, FileStatus.S_IFCHR, 0, 0);
            }
        } else if (entry.type() == TarType.DIRECTORY) {
            if (parent.stat(path.name()) == null) {
                parent.mkdir(path.name(), 0700);
            }
            directories.add(entry);
        } else {
            file(entry, path.name(), parent);
        }
    }

    private void file(TarEntry entry, String name, DirectoryHandle parent) {
        FileStatus status = parent.stat(name);
        if (entry.type() == TarType.SYMLINK
                && status != null
                && status.isLink()
                && !parent.readlink(name).equals(entry.linkName())) {
            parent.unlink(name);
            status = null;
        }
        if (status == null) {
            if (!make(entry, name, parent)) {
                return; // It had content: only its registry can help.
            }
        }
        if (entry.type() != TarType.HARD_LINK) {
            metadata(entry, name, parent);
        }
    }

    private boolean make(TarEntry entry, String name, DirectoryHandle parent) {
        switch (entry.type()) {
            case FILE -> {
                if (entry.size() > 0) {
                    return false;
                }
                parent.createFile(name, 0600).close();
            }
            case SYMLINK -> parent.symlink(entry.linkName(), name);
            case HARD_LINK -> {
                EntryPath target = EntryPath.of(entry.linkName(), entry.name());
                if (target == null) {
                    return false;
                }
                DirectoryHandle from = targets.open(target.parents(), false, entry.name());
                if (from.stat(target.name()) == null) {
                    return false;
                }
                parent.link(from, target.name(), name);
            }
            case CHAR_DEVICE -> node(entry, name, parent, FileStatus.S_IFCHR);
            case BLOCK_DEVICE -> node(entry, name, parent, FileStatus.S_IFBLK);
            case FIFO -> node(entry, name, parent, FileStatus.S_IFIFO);
            case DIRECTORY, OTHER -> {
                return false;
            }
        }
        return true;
    }

    private static void node(TarEntry entry, String name, DirectoryHandle parent, int type) {
        parent.mknod(name, type | 0600, (int) entry.devMajor(), (int) entry.devMinor());
    }

    private void directory(TarEntry entry) {
        EntryPath path = EntryPath.of(entry.name(), entry.name());
        if (path != null) {
            metadata(entry, path.name(), parents.open(path.parents(), false, entry.name()));
        }
    }

    private static void metadata(TarEntry entry, String name, DirectoryHandle parent) {
        parent.chown(name, (int) entry.uid(), (int) entry.gid());
        FileStatus status = parent.stat(name);
        // After chown, which clears the set-id bits.
        if (status != null && !status.isLink()) {
            parent.chmod(name, entry.mode());
        }
        for (Map.Entry<String, byte[]> attribute : entry.xattrs().entrySet()) {
            if (EntryMetadata.isCompared(attribute.getKey())) {
                parent.setxattr(name, attribute.getKey(), attribute.getValue());
            }
        }
        for (String attribute : parent.getxattrs(name).keySet()) {
            if (EntryMetadata.isCompared(attribute) && !entry.xattrs().containsKey(attribute)) {
                parent.removexattr(name, attribute);
            }
        }
        parent.utimes(name, entry.mtime(), entry.mtimeNanos());
    }
}
