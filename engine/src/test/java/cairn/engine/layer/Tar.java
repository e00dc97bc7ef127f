package cairn.engine.layer;

import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarType;
import cairn.oci.tar.TarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Builds small archives, honest or not. */
public final class Tar {
    static final long TIME = 1_600_000_000L;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarWriter writer = new TarWriter(bytes);

    public Tar file(String name, String content) {
        return file(name, content, 0644);
    }

    public Tar file(String name, String content, int mode) {
        byte[] data = content.getBytes(StandardCharsets.UTF_8);
        return write(TarEntry.file(name, mode, data.length, TIME), data);
    }

    public Tar directory(String name) {
        return directory(name, 0755);
    }

    public Tar directory(String name, int mode) {
        return write(TarEntry.directory(name, mode, TIME), new byte[0]);
    }

    public Tar symlink(String name, String target) {
        return write(TarEntry.symlink(name, target, TIME), new byte[0]);
    }

    public Tar hardLink(String name, String target) {
        return hardLink(name, target, 0644);
    }

    public Tar hardLink(String name, String target, int mode) {
        return write(TarEntry.hardLink(name, target, mode, TIME), new byte[0]);
    }

    public Tar node(String name, TarType type, int mode, long major, long minor) {
        return write(
                new TarEntry(name, type, type.flag(), mode, 0, 0, "", "", 0, TIME, 0, "", major, minor, Map.of()),
                new byte[0]);
    }

    public Tar flag(String name, char flag) {
        return write(
                new TarEntry(name, TarType.OTHER, flag, 0644, 0, 0, "", "", 0, TIME, 0, "", 0, 0, Map.of()),
                new byte[0]);
    }

    public Tar write(TarEntry entry, byte[] content) {
        try {
            writer.write(entry, content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public byte[] bytes() {
        try {
            writer.finish();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
