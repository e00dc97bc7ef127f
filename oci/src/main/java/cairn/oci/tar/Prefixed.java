package cairn.oci.tar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** First bytes that were read to look at them, and then the rest of their stream. */
final class Prefixed extends DirectInput {
    private final ByteBuffer first;
    private final DirectInput rest;

    Prefixed(ByteBuffer first, InputStream rest) {
        this.first = first;
        this.rest = DirectInput.of(rest);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return first.hasRemaining() ? move(first, target) : rest.read(target);
    }

    @Override
    public void close() throws IOException {
        rest.close();
    }
}
