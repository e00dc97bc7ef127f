package cairn.engine.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** An old file of a log in gzip, as Docker makes it: the extra field of the header is JSON and tells when its last record was written. */
final class RotatedGzip {
    private static final int BLOCK = 64 * 1024;

    // RFC 1952: magic, deflate, an extra field and nothing else, no time, no level, made on Unix.
    private static final byte FEXTRA = 4;
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, FEXTRA, 0, 0, 0, 0, 0, 3};
    private static final int FLAGS = 3;
    private static final Pattern LAST_TIME = Pattern.compile("\"lastTime\":\"([^\"]{1,40})\"");

    private RotatedGzip() {}

    static InputStream content(InputStream gzip) throws IOException {
        return new GZIPInputStream(gzip, BLOCK);
    }

    /** When its last record was written, as {@link LogRecord#stamp}; null if it does not say. */
    static byte @Nullable [] lastTime(FileChannel gzip) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER.length + Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (gzip.read(header, 0) < header.capacity()
                || header.getShort(0) != (short) 0x8b1f
                || (header.get(FLAGS) & FEXTRA) == 0) {
            return null;
        }
        ByteBuffer extra = ByteBuffer.allocate(header.getShort(HEADER.length) & 0xffff);
        gzip.read(extra, header.capacity());
        Matcher json = LAST_TIME.matcher(StandardCharsets.UTF_8.decode(extra.flip()));
        if (!json.find()) {
            return null;
        }
        byte[] text = json.group(1).getBytes(StandardCharsets.UTF_8);
        LogRecord record = new LogRecord();
        return record.setTime(text, 0, text.length) ? record.stamp() : null;
    }

    /** @param lastTime when the last record of the content was written */
    static void write(InputStream content, String lastTime, OutputStream out) throws IOException {
        byte[] extra = ("{\"lastTime\":\"" + lastTime + "\"}").getBytes(StandardCharsets.UTF_8);
        out.write(HEADER);
        out.write(little(Short.BYTES, extra.length));
        out.write(extra);
        CRC32 crc = new CRC32();
        long total = 0;
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            DeflaterOutputStream compressed = new DeflaterOutputStream(out, deflater, BLOCK);
            byte[] block = new byte[BLOCK];
            for (int length = content.read(block); length > 0; length = content.read(block)) {
                crc.update(block, 0, length);
                total += length;
                compressed.write(block, 0, length);
            }
            compressed.finish();
        } finally {
            deflater.end();
        }
        out.write(little(Integer.BYTES, (int) crc.getValue()));
        out.write(little(Integer.BYTES, (int) total));
    }

    private static byte[] little(int size, int number) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number);
        return Arrays.copyOf(bytes.array(), size);
    }
}
