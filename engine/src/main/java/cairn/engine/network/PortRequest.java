package cairn.engine.network;

import java.net.InetAddress;
import java.util.List;

/**
 * A port that is to be published.
 *
 * @param addresses of the host, one or two; they get the same port
 * @param low and @param high bounds of the host's port, of which the first free one is taken; 0 for one that the kernel picks
 */
public record PortRequest(ContainerPort port, List<InetAddress> addresses, int low, int high) {
    /** What fits into one request to the process that holds ports. */
    static final int MOST_ADDRESSES = 2;

    public PortRequest {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty() || addresses.size() > MOST_ADDRESSES || low > high || low < 0 || high > 65535) {
            throw new IllegalArgumentException("published port " + port);
        }
    }
}
