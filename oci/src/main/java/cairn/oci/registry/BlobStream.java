package cairn.oci.registry;

import java.io.IOException;
import java.io.InputStream;

/**
 * The body of a blob from some position on. Reading fails with a {@link RegistryException} of kind UNAVAILABLE where the connection breaks
 * before {@code size} is reached: what was read until then is good, and the caller may go on from there with {@link Repository#blob}.
 *
 * @param offset where it begins: what was asked for, or 0 from a registry that knows no ranges
 * @param size of the whole blob
 */
public record BlobStream(InputStream in, long offset, long size) implements AutoCloseable {
    @Override
    public void close() throws IOException {
        in.close();
    }
}
