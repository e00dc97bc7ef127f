package cairn.engine.network;

/** The host does not give a port. */
public final class PortRefused extends Exception {
    private static final long serialVersionUID = 1;

    private final transient PortRequest request;
    private final int errno;

    PortRefused(PortRequest request, int errno) {
        super("port " + request.port() + ": errno " + errno);
        this.request = request;
        this.errno = errno;
    }

    public PortRequest request() {
        return request;
    }

    /** Of socket(2), bind(2) or listen(2). */
    public int errno() {
        return errno;
    }
}
