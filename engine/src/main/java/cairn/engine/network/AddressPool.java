package cairn.engine.network;

import java.util.BitSet;

/** The addresses of one network: the lowest free one is given out first, as Docker does. Network, broadcast and gateway are taken. */
final class AddressPool {
    private final Subnet subnet;
    private final BitSet taken = new BitSet();

    AddressPool(Subnet subnet) {
        this.subnet = subnet;
        taken.set(0);
        taken.set((int) (subnet.size() - 1));
    }

    /** -1 when none is left. */
    synchronized long take() {
        int free = taken.nextClearBit(0);
        if (free >= subnet.size()) {
            return -1;
        }
        taken.set(free);
        return subnet.base() + free;
    }

    /** False when it was taken already or does not belong here. */
    synchronized boolean reserve(long address) {
        if (!subnet.contains(address)) {
            return false;
        }
        int index = (int) (address - subnet.base());
        boolean free = !taken.get(index);
        taken.set(index);
        return free;
    }

    synchronized void release(long address) {
        if (subnet.contains(address)) {
            taken.clear((int) (address - subnet.base()));
        }
    }
}
