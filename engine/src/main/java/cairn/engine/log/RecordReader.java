package cairn.engine.log;

import cairn.engine.plan.LogFormat;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records of one format among bytes, from either end. What is no whole record, since a writer was killed or a disk is damaged, is
 * passed over. For one thread; the record is one object, which the next call changes.
 */
interface RecordReader {
    /** The most bytes that a record has; what is longer is damage. */
    int LONGEST = 1 << 20;

    /** What there is may be part of a record of which the rest is not among the bytes. */
    int CUT = -1;

    /**
     * Reads the next record, or passes over what is none.
     *
     * @param whole whether nothing comes behind these bytes, so that what is cut off at their end stays so
     * @return where the next call begins, beyond {@code from}, or CUT; the bytes before may have been changed
     */
    int next(byte[] bytes, int from, int to, boolean whole);

    /** What {@link #next} has read; null if it has passed something over, or nothing was read yet. */
    @Nullable
    LogRecord record();

    /**
     * Where the last record begins that ends before {@code to}, or CUT.
     *
     * @param whole whether nothing comes before these bytes: then CUT means that there is none
     */
    int previous(byte[] bytes, int from, int to, boolean whole);

    static RecordReader of(LogFormat format) {
        return switch (format) {
            case JSON_FILE -> new LogLine();
            case LOCAL -> new LogEntry();
        };
    }
}
