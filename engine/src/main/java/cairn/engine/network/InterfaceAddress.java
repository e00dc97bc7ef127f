package cairn.engine.network;

/** An address within its network, as {@code --bip 172.17.0.1/16} gives it. */
public record InterfaceAddress(long address, Subnet subnet) {
    @Override
    public String toString() {
        return Subnet.format(address) + "/" + subnet.prefix();
    }
}
