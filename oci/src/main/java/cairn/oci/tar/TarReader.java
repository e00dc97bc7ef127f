package cairn.oci.tar;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Walks a tar stream once, from front to back.
 *
 * <pre>{@code
 * try (TarReader tar = new TarReader(in, TarLimits.DEFAULT)) {
 *     for (TarEntry e = tar.next(); e != null; e = tar.next()) {
 *         for (int n; (n = tar.read(buffer, 0, buffer.length)) >= 0; ) { ... }
 *     }
 * }
 * }</pre>
 */
public final class TarReader implements Closeable {
    private final InputStream in;

    public TarReader(InputStream in, TarLimits limits) {
        this(in, limits, null);
    }

    /**
     * @param listener is told every byte of the archive in order, content as checksums; costs one pass of CRC-64 over the content
     */
    public TarReader(InputStream in, TarLimits limits, @Nullable RawListener listener) {
        this.in = in;
    }

    /**
     * Skips what is left of the current entry and reads the next header. Null at the end of the archive; the input has then been read to
     * its own end, trailing bytes included, so that a digest taken of it is complete.
     *
     * @throws TarException for a broken or hostile archive or one over a limit
     */
    public @Nullable TarEntry next() throws IOException {
        return cairn.oci.Todo.todo();
    }

    /** Reads content of the current entry; -1 at its end. */
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return cairn.oci.Todo.todo();
    }

    /** Skips what is left of the current entry's content. */
    public void skip() throws IOException {
        cairn.oci.Todo.todo();
    }

    /** Copies what is left of the current entry's content; the bytes copied. */
    public long transferTo(OutputStream out) throws IOException {
        return cairn.oci.Todo.todo();
    }

    /** All that is left of the current entry's content, refused above {@code limit} bytes. */
    public byte[] readAll(int limit) throws IOException {
        return cairn.oci.Todo.todo();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Is told all bytes of an archive, in order: what is not content as it stands, content as a size and a checksum. */
    public interface RawListener {
        /** Bytes that are no entry's content: headers, padding, end blocks, whatever trails. The buffer is reused after the call. */
        void raw(byte[] buffer, int offset, int length) throws IOException;

        /**
         * An entry's content, once all of it has been read or skipped; called for every entry. Content of sparse files goes to
         * {@link #raw} after a payload of size zero: the bytes that stand in the archive are not those of the file.
         *
         * @param crc64 CRC-64/ISO of the content, zero for no content
         */
        void payload(TarEntry entry, long size, long crc64) throws IOException;
    }
}
