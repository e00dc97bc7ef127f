package cairn.engine.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A port that is to be published.
 *
 * @param addresses of the host, which get the same port
 * @param low and @param high bounds of the host's port, of which the first free one is taken; 0 for one that the kernel picks
 */
public record PortRequest(ContainerPort port, List<InetAddress> addresses, int low, int high) {
    /** What fits into one request to the process that holds ports. */
    public static final int MOST_ADDRESSES = 4;

    public PortRequest {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty() || addresses.size() > MOST_ADDRESSES || low > high || low < 0 || high > 65535) {
            throw new IllegalArgumentException("published port " + port);
        }
    }

    /** Whether it names one port. */
    public boolean fixed() {
        return low != 0 && low == high;
    }

    /** Both in one, which get the same port; null where they ask for different things, or could not both have it. */
    public @Nullable PortRequest with(PortRequest other) {
        boolean same = port.equals(other.port) && low == other.low && high == other.high;
        if (!same || addresses.size() + other.addresses.size() > MOST_ADDRESSES) {
            return null;
        }
        for (InetAddress one : addresses) {
            if (other.addresses.stream().anyMatch(two -> meet(one, two))) {
                return null;
            }
        }
        List<InetAddress> all = new ArrayList<>(addresses);
        all.addAll(other.addresses);
        return new PortRequest(port, all, low, high);
    }

    /** Whether a port may not be held on one address while it is on the other. */
    static boolean meet(InetAddress one, InetAddress other) {
        return Subnet.v6(one) == Subnet.v6(other)
                && (one.isAnyLocalAddress() || other.isAnyLocalAddress() || one.equals(other));
    }

    /** Whether it may have the port that another publication has. */
    public boolean allows(PublishedPort published) {
        int number = published.hostPort();
        return published.port().equals(port) && !published.routed() && (low == 0 || low <= number && number <= high);
    }
}
