package cairn.engine.network;

import java.net.InetAddress;

/** An address within its network, as {@code --bip 172.17.0.1/16} gives it. */
public record InterfaceAddress(InetAddress address, Subnet subnet) {
    @Override
    public String toString() {
        return Subnet.format(address) + "/" + subnet.prefix();
    }
}
