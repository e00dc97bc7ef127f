package cairn.oci.archive;

import java.io.IOException;

/** An image archive that is broken, hostile or over a limit; the message names the entry. */
public final class ArchiveException extends IOException {
    private static final long serialVersionUID = 1L;

    ArchiveException(String message) {
        super(message);
    }

    ArchiveException(String message, Throwable cause) {
        super(message, cause);
    }
}
