package cairn.oci.tar;

import io.avaje.json.JsonDataException;
import io.avaje.json.JsonReader;
import io.avaje.json.stream.JsonStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Makes a layer's exact tar again from its tar-split record and its files. */
public final class TarSplitReader {
    /** The longest line of a record; dockerd before 24 put everything that trails an archive on one. */
    private static final int MAX_LINE = 256 << 20;

    private static final int SEGMENT = 2;
    private static final int FILE = 1;

    private static final JsonStream JSON = JsonStream.builder().build();

    private final InputStream lines;
    private final byte[] buffer = new byte[64 << 10];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int position;
    private int limit;

    private TarSplitReader(InputStream lines) {
        this.lines = lines;
    }

    /**
     * Writes the archive that {@code tarSplitGz} records.
     *
     * @return the bytes written
     * @throws TarException where the record is broken, or a file's content is not what it was
     */
    public static long assemble(InputStream tarSplitGz, FileSource files, OutputStream out) throws IOException {
        TarSplitReader reader = new TarSplitReader(new GZIPInputStream(tarSplitGz, 64 << 10));
        byte[] copyBuffer = new byte[128 << 10];
        long total = 0;
        for (Line next = reader.next(); next != null; next = reader.next()) {
            total += switch (next) {
                case Segment segment -> {
                    out.write(segment.bytes());
                    yield segment.bytes().length;
                }
                case File file -> {
                    copy(file, files, out, copyBuffer);
                    yield file.size();
                }
            };
        }
        return total;
    }

    /** The length of what {@link #assemble} would write, without any of the files. */
    public static long length(InputStream tarSplitGz) throws IOException {
        TarSplitReader reader = new TarSplitReader(new GZIPInputStream(tarSplitGz, 64 << 10));
        long total = 0;
        for (Line next = reader.next(); next != null; next = reader.next()) {
            total += switch (next) {
                case Segment segment -> segment.bytes().length;
                case File file -> file.size();
            };
        }
        return total;
    }

    /** Opens a layer's files by the name that they had in the archive ({@code ./etc/passwd}); asked only for files that are not empty. */
    public interface FileSource {
        InputStream open(String name) throws IOException;
    }

    private sealed interface Line {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Segment(byte[] bytes) implements Line {}

    private record File(String name, long size, long crc64) implements Line {}

    private static void copy(File file, FileSource files, OutputStream out, byte[] buffer) throws IOException {
        if (file.size() == 0) {
            return;
        }
        Crc64 crc = new Crc64();
        try (InputStream in = files.open(file.name())) {
            long left = file.size();
            for (int n; left > 0 && (n = in.read(buffer, 0, (int) Math.min(left, buffer.length))) > 0; left -= n) {
                crc.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
            if (left > 0 || in.read() >= 0 || crc.getValue() != file.crc64()) {
                // Docker's words.
                throw new TarException("file integrity checksum failed for " + TarName.quote(file.name()));
            }
        }
    }

    private @Nullable Line next() throws IOException {
        while (readLine()) {
            if (line.size() > 0) {
                return parse(line.toByteArray());
            }
        }
        return null;
    }

    /** Whether there was a line. */
    private boolean readLine() throws IOException {
        line.reset();
        while (true) {
            if (position == limit) {
                limit = lines.read(buffer, 0, buffer.length);
                position = 0;
                if (limit <= 0) {
                    limit = 0;
                    return line.size() > 0;
                }
            }
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            if (line.size() + (end - position) > MAX_LINE) {
                throw new TarException("tar-split record has a line of more than " + MAX_LINE + " bytes");
            }
            line.write(buffer, position, end - position);
            position = end;
            if (end < limit) {
                position++;
                return true;
            }
        }
    }

    private static Line parse(byte[] json) throws TarException {
        int type = 0;
        long size = 0;
        String name = "";
        byte[] payload = new byte[0];
        try (JsonReader reader = JSON.reader(json)) {
            reader.beginObject();
            while (reader.hasNextField()) {
                switch (reader.nextField()) {
                    case "type" -> type = reader.readInt();
                    case "size" -> size = reader.readLong();
                    case "name" -> name = reader.readString();
                    case "name_raw" -> {
                        byte[] raw = Base64.getDecoder().decode(reader.readString());
                        name = TarName.decode(raw, 0, raw.length);
                    }
                    case "payload" -> {
                        if (!reader.isNullValue()) {
                            payload = Base64.getDecoder().decode(reader.readString());
                        }
                    }
                    default -> reader.skipValue();
                }
            }
            reader.endObject();
        } catch (JsonDataException | IllegalArgumentException | IllegalStateException e) {
            throw new TarException("broken line in a tar-split record", e);
        }
        if (type == SEGMENT) {
            return new Segment(payload);
        }
        if (type != FILE || size < 0 || (size > 0 && payload.length != Long.BYTES)) {
            throw new TarException("broken line in a tar-split record");
        }
        return new File(name, size, size == 0 ? 0 : ByteBuffer.wrap(payload).getLong());
    }
}
