package cairn.oci.tar;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An input stream that lets its reader have the bytes where they are. */
public interface PieceInput {
    /** The next bytes, at least one, which are the caller's until the next call of any kind; null at the end. */
    @Nullable
    ByteBuffer piece() throws IOException;
}
