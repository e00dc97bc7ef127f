package cairn.oci.http;

import java.io.IOException;

/** An exchange that came to no good end. The text is in the words of Go's client, which people search for. */
public final class HttpFailure extends IOException {
    private static final long serialVersionUID = 1;

    public enum Kind {
        /** Nobody listens there, or the name is unknown. */
        NO_CONNECTION,
        /** Somebody listens there who does not speak TLS. */
        NO_TLS,
        /** TLS is spoken, and one end trusts the other's certificate not. */
        NO_TRUST,
        /** The address is one that the request must not lead to. */
        FORBIDDEN,
        /** The connection ended or fell silent in the middle. */
        BROKEN,
        /** The reply breaks HTTP, or a limit. */
        PROTOCOL,
        /** What was to be sent could not be read; the cause says why. */
        SOURCE;

        /** Whether nobody was spoken to. */
        public boolean beforeSending() {
            return this == NO_CONNECTION || this == FORBIDDEN;
        }
    }

    private final Kind kind;

    public HttpFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public HttpFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the same request may go well a little later. */
    public boolean passing() {
        return kind == Kind.NO_CONNECTION || kind == Kind.BROKEN;
    }
}
