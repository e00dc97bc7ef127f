package cairn.engine.layer;

import cairn.engine.store.DataRoot;
import cairn.engine.store.Durability;
import cairn.engine.store.Trash;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileHandle;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The {@code overlay2} directory: one directory for each layer, and the short links to them. Moby's graph driver overlay2 is the pattern. */
final class OverlayDirectories implements AutoCloseable {
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int LINK_LENGTH = 26;

    private final Path path;
    private final DirectoryHandle home;
    private final DirectoryHandle links;
    private final Trash trash;
    private final SecureRandom random = new SecureRandom();

    OverlayDirectories(DataRoot root) {
        this.path = root.overlay2();
        this.home = DirectoryHandle.open(root.overlay2());
        this.links = DirectoryHandle.open(root.links());
        this.trash = root.trash();
    }

    Path path() {
        return path;
    }

    Path path(String id) {
        return path.resolve(id);
    }

    String newId() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    byte[] newUuid() {
        byte[] uuid = new byte[16];
        random.nextBytes(uuid);
        return uuid;
    }

    /**
     * Puts a layer onto those below it.
     *
     * @param lower short names of all layers below, as {@code l/A:l/B}, topmost first; null for none
     */
    void stack(String id, @Nullable String lower) {
        if (lower != null) {
            try (DirectoryHandle layer = home.openIn(id)) {
                stack(layer, lower, Durability.PROCESS);
            }
        }
    }

    private static void stack(DirectoryHandle layer, String lower, Durability durability) {
        layer.mkdir("work", 0700);
        writeFile(layer, "lower", lower, 0644, durability);
    }

    /**
     * Makes a layer's directory with its empty diff and its short link.
     *
     * @param lower as for {@link #stack}
     * @param durability of its small files
     * @return the directory, open
     */
    DirectoryHandle create(String id, String link, @Nullable String lower, Durability durability) {
        home.mkdir(id, 0710);
        DirectoryHandle layer = home.openIn(id);
        try {
            layer.mkdir("diff", 0755);
            links.symlink("../" + id + "/diff", link);
            writeFile(layer, "link", link, 0644, durability);
            if (lower != null) {
                stack(layer, lower, durability);
            }
            return layer;
        } catch (LinuxException e) {
            layer.close();
            throw e;
        }
    }

    /** Says that something lies on this layer, so dockerd will mount it read-only from now on. */
    void commit(String id) {
        try (DirectoryHandle layer = home.openIn(id)) {
            writeFile(layer, "committed", "", 0600, Durability.PROCESS);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    DirectoryHandle openDiff(String id) {
        try (DirectoryHandle layer = home.openIn(id)) {
            return layer.openIn("diff");
        }
    }

    /** Gives each of two layers the files of the other. */
    void exchangeDiffs(String one, String other) {
        try (DirectoryHandle first = home.openIn(one);
                DirectoryHandle second = home.openIn(other)) {
            first.exchange("diff", second, "diff");
        }
    }

    boolean exists(String id) {
        return home.stat(id) != null;
    }

    /** The short name that a layer's directory says it has; null where it says nothing. */
    @Nullable
    String link(String id) {
        try (DirectoryHandle layer = home.openIn(id);
                InputStream in = layer.openFile("link")) {
            return new String(in.readNBytes(LINK_LENGTH), StandardCharsets.US_ASCII);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
                return null;
            }
            throw e;
        } catch (IOException e) {
            return null;
        }
    }

    /** Takes a layer's directory and its short link away. Missing is fine, so an interrupted removal can be repeated. */
    void discard(String id, @Nullable String link) {
        if (link != null && link.length() != LINK_LENGTH) {
            // The file was made and not yet written when the engine was killed.
            discardStray(id);
            return;
        }
        if (link != null && isLinkTo(link, id)) {
            links.unlink(link);
        }
        trash.discard(home, id);
    }

    /** Finds the short link where the layer's directory does not tell it any more, or not yet. */
    void discardStray(String id) {
        for (String link : links.list()) {
            if (isLinkTo(link, id)) {
                links.unlink(link);
            }
        }
        trash.discard(home, id);
    }

    private boolean isLinkTo(String link, String id) {
        FileStatus status = links.stat(link);
        return status != null && status.isLink() && links.readlink(link).equals("../" + id + "/diff");
    }

    String newLink() {
        byte[] bytes = new byte[LINK_LENGTH];
        random.nextBytes(bytes);
        char[] name = new char[LINK_LENGTH];
        for (int i = 0; i < LINK_LENGTH; i++) {
            name[i] = BASE32.charAt(bytes[i] & 31);
        }
        return new String(name);
    }

    /** Makes a small file, which nobody looks at before the record that names it is there. */
    static void writeFile(DirectoryHandle directory, String name, String content, int mode, Durability durability) {
        try (FileHandle file = directory.createFile(name, mode)) {
            if (!content.isEmpty()) {
                byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
                file.write(bytes, 0, bytes.length);
                durability.settle(file);
            }
        }
    }

    void sync() {
        home.syncFileSystem();
    }

    /** The same by a descriptor of its own: an error of the disk is told to each descriptor once, and is not to be kept from {@link #sync}. */
    void syncAside() {
        try (DirectoryHandle aside = DirectoryHandle.open(path)) {
            aside.syncFileSystem();
        }
    }

    @Override
    public void close() {
        home.close();
        links.close();
    }
}
