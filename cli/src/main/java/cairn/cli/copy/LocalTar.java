package cairn.cli.copy;

import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarType;
import cairn.oci.tar.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes files of this machine as an archive: links as links, hard links kept, sockets left out. */
final class LocalTar {
    private static final int KIND = 0170000;

    private final TarWriter out;
    private final Map<Object, String> linked = new HashMap<>();

    private LocalTar(TarWriter out) {
        this.out = out;
    }

    /** @param name what the file or directory is called in the archive; the stream is closed */
    static void write(Path file, String name, OutputStream stream) throws IOException {
        try (TarWriter out = new TarWriter(stream)) {
            new LocalTar(out).entry(file, name);
        }
    }

    private void entry(Path file, String name) throws IOException {
        Map<String, Object> facts = Files.readAttributes(
                file, "unix:mode,uid,gid,size,lastModifiedTime,nlink,ino,dev,rdev", LinkOption.NOFOLLOW_LINKS);
        int mode = (int) number(facts, "mode");
        boolean several = number(facts, "nlink") > 1;
        Object identity = List.of(number(facts, "dev"), number(facts, "ino"));
        switch (mode & KIND) {
            case 0040000 -> directory(file, name, facts);
            case 0120000 ->
                out.write(described(
                        facts,
                        name,
                        TarType.SYMLINK,
                        0,
                        Files.readSymbolicLink(file).toString()));
            case 0100000 -> {
                String first = several ? linked.putIfAbsent(identity, name) : null;
                if (first != null) {
                    out.write(described(facts, name, TarType.HARD_LINK, 0, first));
                    return;
                }
                long size = number(facts, "size");
                try (InputStream content = Files.newInputStream(file)) {
                    out.write(described(facts, name, TarType.FILE, size, ""), content);
                }
            }
            case 0010000 -> out.write(described(facts, name, TarType.FIFO, 0, ""));
            case 0020000 -> out.write(described(facts, name, TarType.CHAR_DEVICE, 0, ""));
            case 0060000 -> out.write(described(facts, name, TarType.BLOCK_DEVICE, 0, ""));
            default -> {}
        }
    }

    private static long number(Map<String, Object> facts, String name) {
        return facts.get(name) instanceof Number number ? number.longValue() : 0;
    }

    private void directory(Path file, String name, Map<String, Object> facts) throws IOException {
        out.write(described(facts, name + "/", TarType.DIRECTORY, 0, ""));
        List<Path> inside = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(file)) {
            files.forEach(inside::add);
        }
        Collections.sort(inside);
        for (Path one : inside) {
            entry(one, name + "/" + one.getFileName());
        }
    }

    private static TarEntry described(Map<String, Object> facts, String name, TarType type, long size, String target) {
        long device = type == TarType.CHAR_DEVICE || type == TarType.BLOCK_DEVICE ? number(facts, "rdev") : 0;
        return new TarEntry(
                name,
                type,
                type.flag(),
                (int) number(facts, "mode") & 07777,
                number(facts, "uid") & 0xffffffffL,
                number(facts, "gid") & 0xffffffffL,
                "",
                "",
                size,
                facts.get("lastModifiedTime") instanceof FileTime time
                        ? time.toInstant().getEpochSecond()
                        : 0,
                0,
                target,
                // makedev(3) of the C library
                (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL),
                (device & 0xff) | (device >>> 12 & ~0xffL),
                Map.of());
    }
}
