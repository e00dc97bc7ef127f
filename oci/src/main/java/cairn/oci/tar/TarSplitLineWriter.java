package cairn.oci.tar;

import cairn.oci.json.GoJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Puts together {@linkplain TarSplitLine lines} of a tar-split record, byte for byte as Go's encoder does: {@code {"type":2,"payload":BYTES,"position":N}}
 * for bytes of the archive as they are, and {@code {"type":1,"name":NAME,"size":N,"payload":CRC,"position":N}} for the content of a file.
 */
final class TarSplitLineWriter {
    private static final byte[] SEGMENT = ascii("{\"type\":2,\"payload\":\"");
    private static final byte[] FILE = ascii("{\"type\":1");
    private static final byte[] SIZE = ascii(",\"size\":");
    private static final byte[] PAYLOAD = ascii(",\"payload\":\"");
    private static final byte[] NO_PAYLOAD = ascii(",\"payload\":null");
    private static final byte[] NAME_RAW = ascii(",\"name_raw\":\"");
    private static final byte[] NAME = ascii(",\"name\":\"");
    private static final byte[] POSITION = ascii(",\"position\":");
    private static final byte[] END = ascii("}\n");
    private static final byte[] QUOTE = ascii("\"");

    private byte[] bytes = new byte[4096];
    private int length;
    private long position;

    /** Puts the next line in. */
    void add(TarSplitLine line) {
        switch (line) {
            case TarSplitLine.Segment segment -> segment(segment.bytes());
            case TarSplitLine.File file -> file(file.name(), file.size(), file.crc64());
        }
    }

    private void segment(byte[] raw) {
        put(SEGMENT);
        base64(raw);
        put(QUOTE);
        end();
    }

    private void file(String name, long size, long crc64) {
        put(FILE);
        name(name);
        if (size > 0) {
            put(SIZE);
            put(ascii(Long.toString(size)));
            put(PAYLOAD);
            base64(ByteBuffer.allocate(Long.BYTES).putLong(crc64).array());
            put(QUOTE);
        } else {
            put(NO_PAYLOAD);
        }
        end();
    }

    /** Writes what has been put in since the last time. */
    void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, length);
        length = 0;
    }

    private void name(String name) {
        if (TarName.isEscaped(name)) {
            put(NAME_RAW);
            base64(TarName.encode(name));
            put(QUOTE);
        } else if (isPlain(name)) {
            put(NAME);
            put(ascii(name));
            put(QUOTE);
        } else {
            String quoted = GoJson.quote(name);
            put(NAME);
            put(quoted.substring(1, quoted.length() - 1).getBytes(StandardCharsets.UTF_8));
            put(QUOTE);
        }
    }

    /** Whether it stands in JSON as it is. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&') {
                return false;
            }
        }
        return true;
    }

    private void end() {
        put(POSITION);
        put(ascii(Long.toString(position++)));
        put(END);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void put(byte[] more) {
        reserve(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
    }

    private void base64(byte[] in) {
        int more = SparseBase64.length(in.length);
        reserve(more);
        SparseBase64.encode(in, bytes, length);
        length += more;
    }

    private void reserve(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
