package cairn.oci.tar;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Plain bytes from somebody else's decoder. Whatever it makes of broken data comes out as a {@link TarException}; what the input throws comes
 * out as it is.
 */
final class ForeignDecoder extends InputStream {
    private final String format;
    private final GuardedInput.Counted compressed;
    private final Opening opening;
    private @Nullable InputStream decoder;

    /** Makes a decoder, which may read from its input already. */
    interface Opening {
        InputStream open(InputStream in) throws IOException;
    }

    ForeignDecoder(String format, GuardedInput.Counted compressed, Opening opening) {
        this.format = format;
        this.compressed = compressed;
        this.opening = opening;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            InputStream open = decoder;
            if (open == null) {
                open = opening.open(compressed);
                decoder = open;
            }
            return open.read(buffer, offset, length);
        } catch (TarException e) {
            throw e;
        } catch (IOException e) {
            throw compressed.hasFailed() ? e : broken(e);
        } catch (RuntimeException e) {
            // Checks of the data throw whatever is at hand: MalformedInput, IllegalState, IndexOutOfBounds ...
            throw broken(e);
        }
    }

    @Override
    public void close() throws IOException {
        compressed.close();
    }

    private TarException broken(Exception e) {
        String why = e.getMessage();
        return new TarException("broken " + format + " data" + (why == null ? "" : ": " + why), e);
    }
}
