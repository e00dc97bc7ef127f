package cairn.wire.http;

import java.io.IOException;

/** The client broke the protocol; answered with this status, then the connection is closed. */
final class MalformedRequestException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    MalformedRequestException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
