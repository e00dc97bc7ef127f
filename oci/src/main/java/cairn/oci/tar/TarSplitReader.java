package cairn.oci.tar;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/** Makes a layer's exact tar again from its tar-split record and its files. */
public final class TarSplitReader {
    /** The longest line of a record; dockerd before 24 put everything that trails an archive on one. */
    private static final int MAX_LINE = 256 << 20;

    private final InputStream lines;
    private byte[] buffer = new byte[64 << 10];
    private int start;
    private int end;
    private int next;
    private int limit;

    private TarSplitReader(InputStream lines) {
        this.lines = lines;
    }

    /** A record as it stands in the store; read once, and closed by that. */
    public record Source(InputStream gzipped, LayerCodec codec) {
        private GzipInput open() throws IOException {
            return new GzipInput(gzipped, codec);
        }
    }

    /**
     * Writes the archive that {@code record} tells of.
     *
     * @return the bytes written
     * @throws TarException where the record is broken, or a file's content is not what it was
     */
    public static long assemble(Source record, FileSource files, OutputStream out) throws IOException {
        return assemble(record, files, Damage.FATAL, out);
    }

    /**
     * As {@link #assemble(Source, FileSource, OutputStream)}, but a file that is not what it was is reported, and unless that ends it, the
     * archive goes on with as many bytes as the record wants: its structure stays whole, its digest does not.
     */
    public static long assemble(Source record, FileSource files, Damage damage, OutputStream out) throws IOException {
        byte[] copyBuffer = new byte[128 << 10];
        Checksum crc64 = record.codec().crc64();
        long total = 0;
        try (GzipInput lines = record.open()) {
            TarSplitReader reader = new TarSplitReader(lines);
            for (TarSplitLine next = reader.next(); next != null; next = reader.next()) {
                total += switch (next) {
                    case TarSplitLine.Segment segment -> {
                        out.write(segment.bytes());
                        yield segment.bytes().length;
                    }
                    case TarSplitLine.File file -> {
                        copy(file, files, damage, out, crc64, copyBuffer);
                        yield file.size();
                    }
                };
            }
        }
        return total;
    }

    /** The length of what {@link #assemble} would write, without any of the files. */
    public static long length(Source record) throws IOException {
        long total = 0;
        try (GzipInput lines = record.open()) {
            TarSplitReader reader = new TarSplitReader(lines);
            while (reader.readLine()) {
                total += TarSplitLine.length(reader.buffer, reader.start, reader.end);
            }
        }
        return total;
    }

    /** Opens a layer's files by the name that they had in the archive ({@code ./etc/passwd}); asked only for files that are not empty. */
    public interface FileSource {
        /** A read of the stream that brings fewer bytes than were asked for has met its end. */
        InputStream open(String name) throws IOException;
    }

    /**
     * The archive with zeros in place of every file's content: its headers without any of the files.
     *
     * @throws TarException where the record is broken
     */
    public static void skeleton(Source record, OutputStream out) throws IOException {
        byte[] zeros = new byte[128 << 10];
        try (GzipInput lines = record.open()) {
            TarSplitReader reader = new TarSplitReader(lines);
            for (TarSplitLine next = reader.next(); next != null; next = reader.next()) {
                switch (next) {
                    case TarSplitLine.Segment segment -> out.write(segment.bytes());
                    case TarSplitLine.File file -> fill(file.size(), out, zeros);
                }
            }
        }
    }

    /** Told of each file that is not what the record says. */
    public interface Damage {
        /** In Docker's words. */
        Damage FATAL = (name, why) -> {
            throw new TarException("file integrity checksum failed for " + TarName.quote(name));
        };

        /** @param why in words, such as {@code is shorter than it was} */
        void damaged(String name, String why) throws IOException;
    }

    private static void copy(
            TarSplitLine.File file, FileSource files, Damage damage, OutputStream out, Checksum crc, byte[] buffer)
            throws IOException {
        if (file.size() == 0) {
            return;
        }
        crc.reset();
        long left = file.size();
        boolean more = false;
        boolean ended = false;
        String why = "";
        try (InputStream in = files.open(file.name())) {
            while (left > 0) {
                // One byte more than there should be: most files are read, and known to have ended, with one call.
                int asked = (int) Math.min(left + 1, buffer.length);
                int n = in.read(buffer, 0, asked);
                ended = n < asked;
                if (n <= 0) {
                    break;
                }
                more = n > left;
                int wanted = (int) Math.min(n, left);
                crc.update(buffer, 0, wanted);
                out.write(buffer, 0, wanted);
                left -= wanted;
            }
            if (left > 0) {
                why = "is shorter than it was";
            } else if (more || (!ended && in.read() >= 0)) {
                why = "is longer than it was";
            } else if (crc.getValue() != file.crc64()) {
                why = "has other content than it had";
            }
        }
        if (!why.isEmpty()) {
            damage.damaged(file.name(), why);
            Arrays.fill(buffer, (byte) 0);
            fill(left, out, buffer);
        }
    }

    private static void fill(long length, OutputStream out, byte[] zeros) throws IOException {
        for (long left = length; left > 0; ) {
            int n = (int) Math.min(left, zeros.length);
            out.write(zeros, 0, n);
            left -= n;
        }
    }

    private @Nullable TarSplitLine next() throws IOException {
        return readLine() ? TarSplitLine.parse(buffer, start, end) : null;
    }

    /** Whether there was a line, which then stands in the buffer from {@link #start} up to {@link #end}. Empty ones are passed over. */
    private boolean readLine() throws IOException {
        start = next;
        int at = start;
        while (true) {
            at = SparseBase64.find(buffer, at, limit, '\n');
            int length = at - start;
            if (at == limit) {
                if (fill()) {
                    at = start + length;
                    continue;
                }
                end = start + length;
                next = end;
                return length > 0;
            }
            at++;
            if (length > 0) {
                end = start + length;
                next = at;
                return true;
            }
            start = at;
        }
    }

    /** Whether more has come behind the line that has begun, which is moved to the front. */
    private boolean fill() throws IOException {
        int length = limit - start;
        System.arraycopy(buffer, start, buffer, 0, length);
        start = 0;
        limit = length;
        if (length == buffer.length) {
            if (length > MAX_LINE) {
                throw new TarException("tar-split record has a line of more than " + MAX_LINE + " bytes");
            }
            buffer = Arrays.copyOf(buffer, Math.min(2 * length, MAX_LINE + 1));
        }
        int n = lines.read(buffer, limit, buffer.length - limit);
        limit += Math.max(n, 0);
        return n > 0;
    }
}
