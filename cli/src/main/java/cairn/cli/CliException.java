package cairn.cli;

/** Ends the program with this status, after the message (which may be empty) has gone to standard error as it is. */
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;

    public CliException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** With status 1. */
    public CliException(String message) {
        this(1, message);
    }

    public int status() {
        return status;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
