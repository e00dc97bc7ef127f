package cairn.oci.tar;

import java.io.IOException;

/** A tar stream that is broken, hostile or over a limit; the message names the entry. */
public final class TarException extends IOException {
    private static final long serialVersionUID = 1L;

    public TarException(String message) {
        super(message);
    }

    public TarException(String message, Throwable cause) {
        super(message, cause);
    }
}
