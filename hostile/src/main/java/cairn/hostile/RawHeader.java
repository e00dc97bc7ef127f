package cairn.hostile;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** One 512-byte header of a tar archive, each field as the caller likes it; the checksum is right unless {@link #damaged} was called. */
public final class RawHeader {
    static final int BLOCK = 512;
    static final int MODE = 100;
    static final int UID = 108;
    static final int GID = 116;
    static final int SIZE = 124;
    static final int MTIME = 136;
    static final int CHECKSUM = 148;
    static final int TYPE = 156;
    static final int LINK = 157;
    static final int MAGIC = 257;
    static final int MAJOR = 329;
    static final int MINOR = 337;
    static final int PREFIX = 345;
    static final int SPARSE = 386;

    private final byte[] block = new byte[BLOCK];
    private boolean damaged;

    /** A ustar header; what is longer than 100 bytes is cut. */
    public RawHeader(char type, String name) {
        bytes(0, 100, name.getBytes(StandardCharsets.UTF_8));
        octal(MODE, 8, type == '5' ? 0755 : 0644);
        octal(UID, 8, 0);
        octal(GID, 8, 0);
        octal(SIZE, 12, 0);
        octal(MTIME, 12, 1_600_000_000);
        block[TYPE] = (byte) type;
        text(MAGIC, "ustar\00000");
    }

    /** Puts bytes into a field of that width and clears the rest of it. */
    public RawHeader bytes(int at, int width, byte[] value) {
        Arrays.fill(block, at, at + width, (byte) 0);
        System.arraycopy(value, 0, block, at, Math.min(width, value.length));
        return this;
    }

    /** Puts Latin-1 text at a place, as it is. */
    public RawHeader text(int at, String text) {
        byte[] value = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(value, 0, block, at, value.length);
        return this;
    }

    public RawHeader octal(int at, int width, long value) {
        return text(at, String.format(Locale.ROOT, "%0" + (width - 1) + "o", value) + "\0");
    }

    /** GNU's form for numbers that octal digits have no room for, negative ones included. */
    public RawHeader base256(int at, int width, long value) {
        long left = value;
        for (int i = at + width - 1; i > at; i--) {
            block[i] = (byte) left;
            left >>= 8;
        }
        block[at] = (byte) (value < 0 ? 0xff : 0x80);
        return this;
    }

    public RawHeader size(long size) {
        return size < 1L << 33 && size >= 0 ? octal(SIZE, 12, size) : base256(SIZE, 12, size);
    }

    public RawHeader mode(int mode) {
        return octal(MODE, 8, mode);
    }

    public RawHeader link(String target) {
        return bytes(LINK, 100, target.getBytes(StandardCharsets.UTF_8));
    }

    public RawHeader device(long major, long minor) {
        return octal(MAJOR, 8, major).octal(MINOR, 8, minor);
    }

    public RawHeader gnu() {
        return text(MAGIC, "ustar  \0");
    }

    /** Without magic, as before POSIX. */
    public RawHeader v7() {
        return bytes(MAGIC, 8, new byte[0]);
    }

    public RawHeader damaged() {
        damaged = true;
        return this;
    }

    byte[] block() {
        Arrays.fill(block, CHECKSUM, CHECKSUM + 8, (byte) ' ');
        int sum = damaged ? 1 : 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        text(CHECKSUM, String.format(Locale.ROOT, "%06o", sum) + "\0 ");
        return block.clone();
    }
}
