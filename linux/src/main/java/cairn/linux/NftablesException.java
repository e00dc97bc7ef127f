package cairn.linux;

/** A ruleset that the library or the kernel refused; the message is the library's own text. */
public class NftablesException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NftablesException(String message) {
        super(message);
    }
}
