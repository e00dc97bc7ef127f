package cairn.oci.tar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Makes a layer's exact tar again from its tar-split record and its files. */
public final class TarSplitReader {
    /** The longest line of a record; dockerd before 24 put everything that trails an archive on one. */
    private static final int MAX_LINE = 256 << 20;

    private final InputStream lines;
    private final byte[] buffer = new byte[64 << 10];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int position;
    private int limit;

    private TarSplitReader(InputStream lines) {
        this.lines = lines;
    }

    /**
     * Writes the archive that {@code tarSplitGz} records; closes the record.
     *
     * @return the bytes written
     * @throws TarException where the record is broken, or a file's content is not what it was
     */
    public static long assemble(InputStream tarSplitGz, FileSource files, OutputStream out) throws IOException {
        byte[] copyBuffer = new byte[128 << 10];
        long total = 0;
        try (GzipInput lines = new GzipInput(tarSplitGz, GzipCodec.JDK)) {
            TarSplitReader reader = new TarSplitReader(lines);
            for (TarSplitLine next = reader.next(); next != null; next = reader.next()) {
                total += switch (next) {
                    case TarSplitLine.Segment segment -> {
                        out.write(segment.bytes());
                        yield segment.bytes().length;
                    }
                    case TarSplitLine.File file -> {
                        copy(file, files, out, copyBuffer);
                        yield file.size();
                    }
                };
            }
        }
        return total;
    }

    /** The length of what {@link #assemble} would write, without any of the files; closes the record. */
    public static long length(InputStream tarSplitGz) throws IOException {
        long total = 0;
        try (GzipInput lines = new GzipInput(tarSplitGz, GzipCodec.JDK)) {
            TarSplitReader reader = new TarSplitReader(lines);
            for (TarSplitLine next = reader.next(); next != null; next = reader.next()) {
                total += switch (next) {
                    case TarSplitLine.Segment segment -> segment.bytes().length;
                    case TarSplitLine.File file -> file.size();
                };
            }
        }
        return total;
    }

    /** Opens a layer's files by the name that they had in the archive ({@code ./etc/passwd}); asked only for files that are not empty. */
    public interface FileSource {
        InputStream open(String name) throws IOException;
    }

    private static void copy(TarSplitLine.File file, FileSource files, OutputStream out, byte[] buffer)
            throws IOException {
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

    private @Nullable TarSplitLine next() throws IOException {
        while (readLine()) {
            if (line.size() > 0) {
                return TarSplitLine.parse(line.toByteArray());
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
}
