package cairn.cli.copy;

import cairn.cli.CliException;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarLimits;
import cairn.oci.tar.TarReader;
import cairn.oci.tar.TarType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes files of this machine from an archive that a container's daemon has sent. Entries stay below the directory: names that lead out are
 * refused, and no entry goes through a link, whether it was there or came with the archive, for what a container says where to
 * write is not to be believed. Files belong to the caller.
 */
final class LocalFiles {
    private final Path top;
    private final String from;
    private final String to;
    private final List<TarEntry> directories = new ArrayList<>();

    private LocalFiles(Path top, String from, String to) {
        this.top = top;
        this.from = from;
        this.to = to;
    }

    /**
     * Unpacks.
     *
     * @param from topmost name in the archive
     * @param to what it is to be called instead; the same for no change
     */
    static void unpack(InputStream archive, Path top, String from, String to) throws IOException {
        LocalFiles files = new LocalFiles(top.toRealPath(), from, to);
        try (TarReader tar = new TarReader(archive, TarLimits.DEFAULT)) {
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                files.make(tar, entry);
            }
        }
        for (TarEntry directory : files.directories.reversed()) {
            Path path = files.place(directory.name());
            finish(path, directory);
        }
    }

    /** The place of an entry; every directory on the way is one, and none is a link. */
    private Path place(String name) throws IOException {
        Path relative = Path.of("/").resolve(renamed(name)).normalize();
        Path at = top;
        for (int i = 0; i < relative.getNameCount(); i++) {
            at = at.resolve(relative.getName(i));
            if (i == relative.getNameCount() - 1) {
                break;
            }
            if (Files.isSymbolicLink(at)) {
                throw new CliException("refusing to write through the link " + at);
            }
            if (!Files.exists(at)) {
                Files.createDirectory(at);
            }
        }
        return at;
    }

    private String renamed(String name) {
        String plain = name.startsWith("./") ? name : name.startsWith("/") ? name.substring(1) : name;
        if (from.equals(to)) {
            return plain;
        }
        String old = from.equals("/") ? "" : from;
        if (plain.equals(old) || plain.startsWith(old + "/") || old.isEmpty()) {
            return to + plain.substring(old.length() == 0 ? 0 : old.length()).replaceFirst("^(?=[^/])", "/");
        }
        return plain;
    }

    private void make(TarReader tar, TarEntry entry) throws IOException {
        Path path = place(entry.name());
        boolean directory = entry.type() == TarType.DIRECTORY;
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            boolean there = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
            if (there != directory && !path.equals(top)) {
                if (there || directory && !Files.isSymbolicLink(path)) {
                    throw new CliException(
                            there
                                    ? "cannot overwrite directory \"" + path + "\" with non-directory \"" + top + "\""
                                    : "cannot overwrite non-directory \"" + path + "\" with directory \"" + top + "\"");
                }
            }
            if (!directory) {
                Files.delete(path);
            }
        }
        switch (entry.type()) {
            case DIRECTORY -> {
                if (!path.equals(top)) {
                    try {
                        Files.createDirectory(path);
                    } catch (FileAlreadyExistsException e) {
                        // Merged.
                    }
                    directories.add(entry);
                }
            }
            case FILE -> {
                try (OutputStream out = Files.newOutputStream(
                        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                    tar.transferTo(out);
                }
                finish(path, entry);
            }
            case SYMLINK -> Files.createSymbolicLink(path, Path.of(entry.linkName()));
            case HARD_LINK -> Files.createLink(path, place(entry.linkName()));
            default -> throw new CliException("cannot make the device or pipe " + path);
        }
    }

    private static void finish(Path path, TarEntry entry) throws IOException {
        Files.setAttribute(path, "unix:mode", entry.mode());
        Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(entry.mtime(), entry.mtimeNanos())));
    }
}
