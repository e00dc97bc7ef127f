package cairn.oci.archive;

import cairn.oci.tar.DirectInput;
import cairn.oci.tar.LayerCompression;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of an archive, by the names they have in it. On disk they are numbered: no name or link of the archive ever reaches the file
 * system, links are followed in memory only.
 */
final class Spool {
    private static final int MAX_LINKS = 8;

    /** Smaller files are spooled without asking: they may be many. */
    private static final long EARLY_FROM = 1 << 20;

    private final Path directory;
    private final int documentBytes;
    private long read;
    private final @Nullable EarlyReader early;
    private final Map<String, Member> members = new HashMap<>();
    private final byte[] buffer = new byte[64 << 10];
    private int files;

    sealed interface Member {}

    /** A file with its content, whose path is null if an {@link EarlyReader} took it. */
    record Spooled(String name, @Nullable Path path, long size) implements Member {
        InputStream open() throws IOException {
            if (path == null) {
                throw new IllegalStateException(name + " was taken while it was read");
            }
            return Files.newInputStream(path);
        }
    }

    /** Another name of the member {@code target}. */
    private record Link(String target) implements Member {}

    /** @param documentBytes see {@link ArchiveLimits} */
    Spool(Path directory, int documentBytes, @Nullable EarlyReader early) {
        this.directory = directory;
        this.documentBytes = documentBytes;
        this.early = early;
    }

    void fill(TarReader tar) throws IOException {
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            String name = resolve(entry.name(), "", entry.name());
            switch (entry.type()) {
                case DIRECTORY -> {
                    // Names say enough.
                }
                case FILE -> put(entry, name, store(name, entry.size(), tar));
                case SYMLINK -> put(entry, name, new Link(resolve(entry.name(), parent(name), entry.linkName())));
                case HARD_LINK -> put(entry, name, new Link(resolve(entry.name(), "", entry.linkName())));
                default ->
                    throw new ArchiveException(
                            "archive entry " + quote(entry.name()) + " is neither file, directory nor link");
            }
        }
    }

    /** The file of that name, links followed; null where there is none. */
    @Nullable
    Spooled find(String name) throws ArchiveException {
        String at = resolve(name, "", name);
        for (int links = 0; links <= MAX_LINKS; links++) {
            switch (members.get(at)) {
                case null -> {
                    return null;
                }
                case Spooled spooled -> {
                    return spooled;
                }
                case Link link -> at = link.target();
            }
        }
        throw new ArchiveException("archive entry " + quote(name) + " is a chain of more than " + MAX_LINKS + " links");
    }

    Spooled get(String name) throws ArchiveException {
        Spooled spooled = find(name);
        if (spooled == null) {
            throw new ArchiveException("archive has no " + quote(name));
        }
        return spooled;
    }

    /** The content of a small file. */
    byte[] read(String name, int maxBytes) throws IOException {
        Spooled spooled = get(name);
        if (spooled.size() > maxBytes) {
            throw new ArchiveException("archive entry " + quote(name) + " is larger than " + maxBytes + " bytes");
        }
        read += spooled.size();
        if (read > documentBytes) {
            throw new ArchiveException("archive has more than " + documentBytes + " bytes of documents");
        }
        if (spooled.path() == null) {
            throw new ArchiveException("archive entry " + quote(name) + " is a layer, not a document");
        }
        return Files.readAllBytes(spooled.path());
    }

    /** Removes the files. */
    void clear() throws IOException {
        for (int i = 0; i < files; i++) {
            Files.deleteIfExists(directory.resolve(Integer.toString(i)));
        }
        members.clear();
    }

    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().limit(160).forEach(c -> quoted.append(c < ' ' || c == 0x7f ? '?' : (char) c));
        return quoted.append(text.length() > 160 ? "…\"" : "\"").toString();
    }

    private Spooled store(String name, long size, TarReader tar) throws IOException {
        int head = 0;
        if (early != null && size >= EARLY_FROM && !members.containsKey(name)) {
            while (head < LayerCompression.HEAD) {
                head += tar.read(buffer, head, LayerCompression.HEAD - head);
            }
            if (LayerCompression.isLayer(buffer, head)) {
                byte[] first = Arrays.copyOf(buffer, head);
                if (early.take(name, DirectInput.of(ByteBuffer.wrap(first), new Content(tar)))) {
                    return new Spooled(name, null, size);
                }
                System.arraycopy(first, 0, buffer, 0, head);
            }
        }
        Path path = directory.resolve(Integer.toString(files++));
        try (FileChannel out = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            return new Spooled(name, path, copy(head, tar, out));
        }
    }

    /** What is left of the current entry's content. */
    private static final class Content extends DirectInput {
        private final TarReader tar;

        Content(TarReader tar) {
            this.tar = tar;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return tar.read(target);
        }
    }

    /** Holes stay holes: an archive of a few bytes may have files of a tebibyte. */
    private long copy(int head, TarReader tar, FileChannel out) throws IOException {
        long size = 0;
        for (ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, head); bytes.hasRemaining(); ) {
            size += out.write(bytes, size);
        }
        boolean open = false;
        while (true) {
            long hole = tar.skipHole();
            size += hole;
            open |= hole > 0;
            int n = hole > 0 ? 0 : tar.read(buffer, 0, buffer.length);
            if (n < 0) {
                break;
            }
            for (ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n); bytes.hasRemaining(); open = false) {
                size += out.write(bytes, size);
            }
        }
        if (open) {
            out.write(ByteBuffer.allocate(1), size - 1);
        }
        return size;
    }

    private void put(TarEntry entry, String name, Member member) throws ArchiveException {
        if (name.isEmpty() || members.putIfAbsent(name, member) != null) {
            throw new ArchiveException("archive entry " + quote(entry.name()) + " is there twice or has no name");
        }
    }

    /** A name without {@code .} and {@code ..}, which may not lead out of the archive. */
    private static String resolve(String entry, String base, String name) throws ArchiveException {
        Deque<String> parts = new ArrayDeque<>();
        if (name.startsWith("/") || name.indexOf('\0') >= 0 || name.indexOf('\\') >= 0) {
            throw outside(entry, name);
        }
        for (String part : (base + "/" + name).split("/", -1)) {
            if (part.equals("..")) {
                if (parts.pollLast() == null) {
                    throw outside(entry, name);
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }

    private static ArchiveException outside(String entry, String name) {
        return new ArchiveException(
                entry.equals(name)
                        ? "archive entry " + quote(name) + " has a name that leads out of the archive"
                        : "archive entry " + quote(entry) + " is a link out of the archive, to " + quote(name));
    }

    private static String parent(String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }
}
