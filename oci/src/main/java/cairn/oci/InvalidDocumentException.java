package cairn.oci;

import java.io.IOException;

/** An image document (config, manifest, index) that is broken, ambiguous or over a limit; the message says which and where. */
public final class InvalidDocumentException extends IOException {
    private static final long serialVersionUID = 1L;

    public InvalidDocumentException(String message) {
        super(message);
    }

    public InvalidDocumentException(String message, Throwable cause) {
        super(message, cause);
    }
}
