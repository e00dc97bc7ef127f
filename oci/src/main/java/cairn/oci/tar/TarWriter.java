package cairn.oci.tar;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Writes a tar archive: ustar headers where everything fits in them, PAX records for what does not. */
public final class TarWriter implements Closeable {
    private final OutputStream out;

    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Writes an entry with its content, of which exactly {@link TarEntry#size} bytes are read.
     *
     * @throws TarException where the content is shorter or the entry cannot be expressed
     */
    public void write(TarEntry entry, InputStream content) throws IOException {
        cairn.oci.Todo.todo();
    }

    /** Writes an entry with its content. */
    public void write(TarEntry entry, byte[] content) throws IOException {
        cairn.oci.Todo.todo();
    }

    /** Writes an entry without content. */
    public void write(TarEntry entry) throws IOException {
        cairn.oci.Todo.todo();
    }

    /** Writes the end of the archive and flushes; the stream stays open. */
    public void finish() throws IOException {
        cairn.oci.Todo.todo();
    }

    /** Finishes the archive, if it is not yet, and closes the stream. */
    @Override
    public void close() throws IOException {
        out.close();
    }
}
