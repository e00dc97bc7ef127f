package cairn.oci.tar;

import cairn.oci.json.GoJson;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.Checksum;

/**
 * Records a tar stream in tar-split's form, the {@code tar-split.json.gz} of Docker's layer store: give it to a {@link TarReader} as its
 * listener. The record is complete once this is closed.
 *
 * <p>One JSON object stands on each line: {@code {"type":2,"payload":BYTES,"position":N}} for bytes of the archive as they are, and
 * {@code {"type":1,"name":NAME,"size":N,"payload":CRC,"position":N}} for the content of a file, as Go's encoder writes them.
 */
public final class TarSplitWriter implements TarReader.RawListener, Closeable {
    /** Longer runs of raw bytes are cut into several lines: readers hold a line in memory. */
    private static final int MAX_SEGMENT = 1 << 20;

    private static final byte[] SEGMENT_HEAD = "{\"type\":2,\"payload\":\"".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream lines;
    private final LayerCodec codec;
    private final Segment segment = new Segment();
    private final SeenNames seen = new SeenNames();
    private final StringBuilder line = new StringBuilder();
    private long position;

    public TarSplitWriter(OutputStream out) throws IOException {
        this(out, LayerCodec.JDK);
    }

    /** The record is compressed by a thread of its own, since it stands in the way of every layer that is unpacked. */
    public TarSplitWriter(OutputStream out, LayerCodec codec) throws IOException {
        this.codec = codec;
        this.lines = new GzipOutput(out, codec, 1);
    }

    @Override
    public void raw(byte[] buffer, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            int n = Math.min(length - done, MAX_SEGMENT - segment.size());
            segment.write(buffer, offset + done, n);
            done += n;
            if (segment.size() == MAX_SEGMENT) {
                writeSegment();
            }
        }
    }

    @Override
    public Checksum crc64() {
        return codec.crc64();
    }

    /** @throws TarException where the archive has the same path twice: Docker's layer store refuses such layers */
    @Override
    public void payload(TarEntry entry, long size, long crc64) throws IOException {
        if (!seen.add(TarWriter.clean(entry.name()))) {
            throw new TarException(
                    "tar entry " + TarName.quote(entry.name()) + ": duplicates of file paths not supported");
        }
        writeSegment();
        line.append("{\"type\":1");
        appendName(entry.name());
        if (size > 0) {
            byte[] sum = ByteBuffer.allocate(Long.BYTES).putLong(crc64).array();
            line.append(",\"size\":").append(size).append(",\"payload\":\"");
            line.append(Base64.getEncoder().encodeToString(sum)).append('"');
        } else {
            line.append(",\"payload\":null");
        }
        line.append(",\"position\":").append(position++).append("}\n");
        lines.write(line.toString().getBytes(StandardCharsets.UTF_8));
        line.setLength(0);
    }

    /** Completes the record and closes the stream. */
    @Override
    public void close() throws IOException {
        try (lines) {
            writeSegment();
        }
    }

    private void writeSegment() throws IOException {
        if (segment.size() == 0) {
            return;
        }
        lines.write(SEGMENT_HEAD);
        lines.write(segment.base64());
        lines.write(("\",\"position\":" + position++ + "}\n").getBytes(StandardCharsets.US_ASCII));
        segment.reset();
    }

    private void appendName(String name) {
        if (TarName.isEscaped(name)) {
            line.append(",\"name_raw\":\"");
            line.append(Base64.getEncoder().encodeToString(TarName.encode(name)))
                    .append('"');
            return;
        }
        line.append(",\"name\":").append(GoJson.quote(name));
    }

    /** Raw bytes that wait for their line. */
    private static final class Segment extends ByteArrayOutputStream {
        byte[] base64() {
            return Base64.getEncoder().encode(ByteBuffer.wrap(buf, 0, count)).array();
        }
    }

    /** The paths seen so far, as 64-bit hashes: archives may have millions of entries. */
    static final class SeenNames {
        private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

        private long[] slots = new long[1024];
        private int count;

        /** Whether the name is new. */
        boolean add(String name) {
            if (count > slots.length / 4 * 3) {
                long[] old = slots;
                slots = new long[old.length * 2];
                Arrays.stream(old).filter(hash -> hash != 0).forEach(this::insert);
            }
            boolean added = insert(hash(name));
            count += added ? 1 : 0;
            return added;
        }

        private boolean insert(long hash) {
            int mask = slots.length - 1;
            for (int i = (int) hash & mask; ; i = (i + 1) & mask) {
                if (slots[i] == hash) {
                    return false;
                }
                if (slots[i] == 0) {
                    slots[i] = hash;
                    return true;
                }
            }
        }

        private static long hash(String name) {
            long hash = name.length();
            for (int i = 0; i < name.length(); i++) {
                hash = (hash ^ name.charAt(i)) * MULTIPLIER;
                hash ^= hash >>> 32;
            }
            return hash == 0 ? 1 : hash;
        }
    }
}
