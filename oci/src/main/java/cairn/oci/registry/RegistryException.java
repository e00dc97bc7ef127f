package cairn.oci.registry;

import cairn.oci.http.HttpFailure;
import java.io.IOException;

/** A registry, or the way to it, said no. The message is in Docker's words and names what was asked for. */
public final class RegistryException extends IOException {
    private static final long serialVersionUID = 1;

    /** What a caller can do about it. */
    public enum Kind {
        /** The repository, tag, manifest or blob is not there, as far as the registry tells this caller. */
        NOT_FOUND,
        /** Nobody is logged in, or the password is wrong. */
        UNAUTHORIZED,
        /** Known, and not allowed. */
        DENIED,
        /** 429 until the retries were used up. */
        RATE_LIMITED,
        /** No connection, a timeout, a 5xx until the retries were used up: trying again later may help. */
        UNAVAILABLE,
        /** The reply breaks the protocol, or a limit; trying again does not help. */
        INVALID
    }

    private final Kind kind;

    public RegistryException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public RegistryException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    static RegistryException of(HttpFailure failure) {
        Kind kind = switch (failure.kind()) {
            case NO_CONNECTION, NO_TLS, BROKEN -> Kind.UNAVAILABLE;
            case NO_TRUST, FORBIDDEN, PROTOCOL, SOURCE -> Kind.INVALID;
        };
        return new RegistryException(kind, String.valueOf(failure.getMessage()), failure);
    }

    public Kind kind() {
        return kind;
    }
}
