package cairn.wire;

/** A document that is not JSON, not of the wanted shape, or larger or deeper than allowed; the message says which and where. */
public final class JsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JsonException(String message) {
        super(message);
    }

    public JsonException(String message, Throwable cause) {
        super(message, cause);
    }
}
