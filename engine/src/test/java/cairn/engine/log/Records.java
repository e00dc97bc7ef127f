package cairn.engine.log;

import cairn.engine.plan.LogFormat;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Writes records as they are described, for tests of what reads them. */
final class Records {
    /** When record 0 was written. */
    static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00.5Z");

    private Records() {}

    /** Record {@code i}: on stdout or, if it is odd, stderr, a second after the one before. */
    static byte[] record(LogFormat format, int i) {
        return record(format, i, "line " + i);
    }

    static byte[] record(LogFormat format, int i, String line) {
        String stream = i % 2 == 0 ? "stdout" : "stderr";
        Instant time = BEGIN.plusSeconds(i);
        return switch (format) {
            case JSON_FILE ->
                ("{\"log\":\"" + line + "\\n\",\"stream\":\"" + stream + "\",\"time\":\"" + time + "\"}\n")
                        .getBytes(StandardCharsets.UTF_8);
            case LOCAL -> framed(entry(stream, time, line).toByteArray());
        };
    }

    static byte[] records(LogFormat format, int from, int to) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = from; i < to; i++) {
            all.writeBytes(record(format, i));
        }
        return all.toByteArray();
    }

    /** A part of a long line. */
    static byte[] part(Instant time, String line, int ordinal, boolean last) {
        ByteArrayOutputStream metadata = new ByteArrayOutputStream();
        if (last) {
            number(metadata, 1, 1);
        }
        bytes(metadata, 2, "0123456789abcdef".repeat(4));
        number(metadata, 3, ordinal);
        ByteArrayOutputStream entry = entry("stdout", time, line);
        number(entry, 4, 1);
        bytes(entry, 5, metadata.toByteArray());
        return framed(entry.toByteArray());
    }

    static ByteArrayOutputStream entry(String source, Instant time, String line) {
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        bytes(entry, 1, source);
        number(entry, 2, time.getEpochSecond() * 1_000_000_000 + time.getNano());
        if (!line.isEmpty()) {
            bytes(entry, 3, line);
        }
        return entry;
    }

    static byte[] framed(byte[] message) {
        return ByteBuffer.allocate(message.length + 8)
                .putInt(message.length)
                .put(message)
                .putInt(message.length)
                .array();
    }

    static void number(ByteArrayOutputStream out, int field, long value) {
        varint(out, (long) field << 3);
        varint(out, value);
    }

    private static void bytes(ByteArrayOutputStream out, int field, String value) {
        bytes(out, field, value.getBytes(StandardCharsets.UTF_8));
    }

    static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
        varint(out, (long) field << 3 | 2);
        varint(out, value.length);
        out.writeBytes(value);
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
            out.write((int) (rest & 0x7f | 0x80));
        }
        out.write((int) rest);
    }
}
