package cairn.oci.tar;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Archives made block by block, for what no writer makes. */
final class Tars {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** One entry as it was read. */
    record Read(TarEntry entry, byte[] content) {
        String shown() {
            Map<String, String> xattrs = new TreeMap<>();
            entry.xattrs()
                    .forEach((name, value) -> xattrs.put(name, HexFormat.of().formatHex(value)));
            return entry.withXattrs(Map.of()) + " " + xattrs + " " + Arrays.hashCode(content) + "/" + content.length;
        }
    }

    static List<Read> read(byte[] tar) throws IOException {
        return read(new TarReader(new ByteArrayInputStream(tar), TarLimits.DEFAULT));
    }

    static List<Read> read(TarReader tar) throws IOException {
        List<Read> read = new ArrayList<>();
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            read.add(new Read(entry, tar.readAll(64 << 20)));
        }
        return read;
    }

    /** Hands out a stream's bytes piece by piece, each gone once the next is asked for. */
    static final class Pieces extends FilterInputStream implements PieceInput {
        private final Random random;
        private ByteBuffer last = ByteBuffer.allocate(0);

        Pieces(byte[] bytes, long seed) {
            super(new ByteArrayInputStream(bytes));
            this.random = new Random(seed);
        }

        @Override
        public @Nullable ByteBuffer piece() throws IOException {
            for (int i = 0; i < last.limit(); i++) {
                last.put(i, (byte) 'x');
            }
            byte[] piece = in.readNBytes(random.nextInt(1, random.nextBoolean() ? 50 : 3000));
            last = ByteBuffer.allocateDirect(piece.length).put(piece).flip();
            return piece.length == 0 ? null : last.slice();
        }
    }

    /** By {@link TarReader#piece}, which leaves out nothing but the holes that are asked for. */
    static List<Read> readPieces(TarReader tar, Random random) throws IOException {
        List<Read> read = new ArrayList<>();
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            while (true) {
                for (long hole = random.nextBoolean() ? tar.skipHole() : 0; hole > 0; hole--) {
                    content.write(0);
                }
                ByteBuffer piece = tar.piece(random.nextInt(1, 2000));
                if (piece == null) {
                    break;
                }
                byte[] bytes = new byte[piece.remaining()];
                piece.get(bytes);
                content.write(bytes);
            }
            read.add(new Read(entry, content.toByteArray()));
        }
        return read;
    }

    static List<String> shown(List<Read> read) {
        return read.stream().map(Read::shown).toList();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A ustar header; fields can be changed before {@link #seal}. */
    static byte[] header(String name, char flag, long size) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644\0");
        put(header, 108, "0000000\0");
        put(header, 116, "0000000\0");
        put(header, 124, "%011o\0".formatted(size));
        put(header, 136, "00000000000\0");
        header[156] = (byte) flag;
        put(header, 257, "ustar\00000");
        return seal(header);
    }

    static byte[] gnuHeader(String name, char flag, long size) {
        byte[] header = header(name, flag, size);
        put(header, 257, "ustar  \0");
        return seal(header);
    }

    static void put(byte[] header, int at, String text) {
        byte[] bytes = ascii(text);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    static byte[] seal(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        return header;
    }

    Tars add(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    Tars content(byte[] bytes) {
        out.writeBytes(bytes);
        out.writeBytes(new byte[-bytes.length & 511]);
        return this;
    }

    Tars content(String text) {
        return content(ascii(text));
    }

    Tars file(String name, String text) {
        return add(header(name, '0', text.length())).content(text);
    }

    /** A PAX header with the records given as key, value, key, value. */
    Tars pax(char flag, String... records) {
        StringBuilder content = new StringBuilder();
        for (int i = 0; i < records.length; i += 2) {
            content.append(record(records[i], records[i + 1]));
        }
        return add(header("pax", flag, content.length())).content(content.toString());
    }

    static String record(String key, String value) {
        String body = " " + key + "=" + value + "\n";
        int length = body.length() + 1;
        while (Integer.toString(length).length() + body.length() != length) {
            length++;
        }
        return length + body;
    }

    byte[] end() {
        return add(new byte[1024]).out.toByteArray();
    }

    byte[] cut() {
        return out.toByteArray();
    }
}
