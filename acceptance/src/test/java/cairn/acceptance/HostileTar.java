package cairn.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Writes tar archives (POSIX ustar) that no tar program would write: any name, any type, lying sizes, wrong checksums. */
final class HostileTar {
    private static final int BLOCK = 512;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    HostileTar file(String name, String content) {
        return entry('0', name, "", content.getBytes(StandardCharsets.UTF_8), content.length());
    }

    HostileTar directory(String name) {
        return entry('5', name, "", new byte[0], 0);
    }

    HostileTar symlink(String name, String target) {
        return entry('2', name, target, new byte[0], 0);
    }

    HostileTar hardlink(String name, String target) {
        return entry('1', name, target, new byte[0], 0);
    }

    /** A header that promises {@code size} bytes, and content that does not keep the promise. */
    HostileTar entry(char type, String name, String link, byte[] content, long size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, 100, name);
        put(header, 100, 8, "0000755\0");
        put(header, 108, 8, "0000000\0");
        put(header, 116, 8, "0000000\0");
        put(header, 124, 12, "%011o\0".formatted(size));
        put(header, 136, 12, "00000000000\0");
        put(header, 148, 8, "        ");
        header[156] = (byte) type;
        put(header, 157, 100, link);
        put(header, 257, 8, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, 8, "%06o\0 ".formatted(sum));
        bytes.writeBytes(header);
        bytes.writeBytes(Arrays.copyOf(content, (content.length + BLOCK - 1) / BLOCK * BLOCK));
        return this;
    }

    /** A header whose checksum is wrong. */
    HostileTar damaged(String name) {
        int at = bytes.size();
        file(name, "x");
        byte[] all = bytes.toByteArray();
        all[at + 148] ^= 1;
        bytes.reset();
        bytes.writeBytes(all);
        return this;
    }

    private static void put(byte[] header, int at, int room, String text) {
        byte[] value = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(value, 0, header, at, Math.min(room, value.length));
    }

    Path end(Path file) {
        bytes.writeBytes(new byte[2 * BLOCK]);
        return cut(file);
    }

    /** Without the end of the archive. */
    Path cut(Path file) {
        try {
            return Files.write(file, bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
