package cairn.engine.network;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one subnet: the lowest free one of its range is given out first. An IPv4 network's first and last address are nobody's,
 * nor is an IPv6 network's first, which stands for its routers.
 */
final class AddressPool {
    /** Of what is given out without being asked for; no bridge has as many ports. */
    private static final int MOST = 1 << 20;

    private final Subnet subnet;
    private final Subnet range;
    /** How far behind the range's first address. */
    private final BitSet taken = new BitSet();
    /** What was asked for elsewhere. */
    private final Set<InetAddress> others = new HashSet<>();

    private final int size;

    /** @param range a part of the subnet that addresses are chosen from; null for all of it */
    AddressPool(Subnet subnet, @Nullable Subnet range) {
        this.subnet = subnet;
        this.range = range == null ? subnet : range;
        this.size = this.range.size().min(BigInteger.valueOf(MOST)).intValue();
        // Two hosts on a line, or one alone, have no address to spare (RFC 3021).
        if (subnet.size().bitLength() > 2) {
            reserve(subnet.base());
            if (!subnet.v6()) {
                reserve(subnet.last());
            }
        }
    }

    Subnet subnet() {
        return subnet;
    }

    /** Null when none is left. */
    synchronized @Nullable InetAddress take() {
        int free = taken.nextClearBit(0);
        if (free >= size) {
            return null;
        }
        taken.set(free);
        return range.at(free);
    }

    /** False when it was taken already or does not belong here. */
    synchronized boolean reserve(InetAddress address) {
        if (!subnet.contains(address)) {
            return false;
        }
        int index = index(address);
        if (index < 0) {
            return others.add(address);
        }
        boolean free = !taken.get(index);
        taken.set(index);
        return free;
    }

    synchronized void release(InetAddress address) {
        if (!subnet.contains(address)) {
            return;
        }
        int index = index(address);
        if (index < 0) {
            others.remove(address);
        } else {
            taken.clear(index);
        }
    }

    /** -1 for one that is never chosen. */
    private int index(InetAddress address) {
        BigInteger offset = range.offset(address);
        return offset.signum() < 0 || offset.compareTo(BigInteger.valueOf(size)) >= 0 ? -1 : offset.intValue();
    }
}
