package cairn.oci.tar;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Records a tar stream in tar-split's form, the {@code tar-split.json.gz} of Docker's layer store: give it to a {@link TarReader} as its
 * listener. Writes gzip. The record is complete once this is closed.
 */
public final class TarSplitWriter implements TarReader.RawListener, Closeable {
    private final OutputStream out;

    public TarSplitWriter(OutputStream out) throws IOException {
        this.out = out;
    }

    @Override
    public void raw(byte[] buffer, int offset, int length) throws IOException {
        cairn.oci.Todo.todo();
    }

    @Override
    public void payload(TarEntry entry, long size, long crc64) throws IOException {
        cairn.oci.Todo.todo();
    }

    /** Completes the record and closes the stream. */
    @Override
    public void close() throws IOException {
        out.close();
    }
}
