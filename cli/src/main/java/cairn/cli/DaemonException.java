package cairn.cli;

/** The daemon's refusal, in its own words. */
public final class DaemonException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;

    public DaemonException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** As it is printed. */
    public String shown() {
        return "Error response from daemon: " + getMessage();
    }
}
