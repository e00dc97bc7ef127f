package cairn.engine.log;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** The records of one file in order, and those that its writer adds meanwhile. */
final class RecordStream {
    private static final int BLOCK = 256 * 1024;

    /** @see #read */
    @FunctionalInterface
    interface Taker {
        /** False if no more are wanted. */
        boolean take(LogRecord record) throws IOException;
    }

    private final OpenFile file;
    private final RecordReader reader;
    private final @Nullable InputStream content;
    private long passed;
    private byte[] pending = new byte[BLOCK];
    private int length;
    private byte @Nullable [] lastStamp;

    RecordStream(OpenFile file, OpenFile.Beginning beginning) throws IOException {
        this.file = file;
        this.reader = RecordReader.of(file.format());
        this.passed = beginning.passed();
        file.position(beginning.offset());
        this.content = open(file);
    }

    /** Null for a compressed file that is damaged from its first bytes on. */
    private static @Nullable InputStream open(OpenFile file) throws IOException {
        try {
            return file.content();
        } catch (EOFException | ZipException e) {
            return null;
        }
    }

    /**
     * Hands over the records that are there and were not handed over yet.
     *
     * @return whether more are wanted
     */
    boolean read(Taker taker) throws IOException {
        boolean wanted = true;
        while (wanted && fill()) {
            wanted = take(taker, false);
        }
        return wanted;
    }

    /** The same of a file to which nothing will be added. */
    boolean readToEnd(Taker taker) throws IOException {
        return read(taker) && take(taker, true);
    }

    /** When the last record was written that was handed over; null if there was none. */
    byte @Nullable [] lastStamp() {
        return lastStamp;
    }

    /** False at the end of the file. */
    private boolean fill() throws IOException {
        if (length == pending.length) {
            if (length >= RecordReader.LONGEST) {
                length = 0; // No record is so long.
            } else {
                pending = Arrays.copyOf(pending, 2 * length);
            }
        }
        int read = readMore();
        length += Math.max(0, read);
        return read > 0;
    }

    private int readMore() throws IOException {
        try {
            return content == null ? -1 : content.read(pending, length, pending.length - length);
        } catch (EOFException | ZipException e) {
            return -1; // What is left of a damaged file has been read.
        }
    }

    private boolean take(Taker taker, boolean whole) throws IOException {
        boolean wanted = true;
        int from = 0;
        while (wanted && from < length) {
            int next = reader.next(pending, from, length, whole);
            if (next == RecordReader.CUT) {
                break;
            }
            from = next;
            LogRecord record = reader.record();
            if (record == null) {
                continue;
            }
            lastStamp = record.stamp();
            if (passed > 0) {
                passed--;
            } else {
                wanted = taker.take(record);
            }
        }
        System.arraycopy(pending, from, pending, 0, length - from);
        length -= from;
        return wanted;
    }

    /**
     * Looks whether the file has become shorter: by a record that was not whole, when its writer found the disk full, or since the writer has
     * begun it anew.
     */
    void checkLength() throws IOException {
        long position = file.position();
        long size = file.size();
        if (size < position) {
            boolean cut = size >= position - length;
            length = cut ? (int) (size - (position - length)) : 0;
            file.position(cut ? size : 0);
        }
    }
}
