package cairn.engine.network;

import org.jspecify.annotations.Nullable;

/** How packets get into a bridge network and out of it, in one family. The words are Docker's. */
public enum GatewayMode {
    /** By addresses of the host, which published ports of containers are ports of; nobody outside reaches containers' own addresses. */
    NAT("nat"),
    /** The same, but hosts that know a way reach containers' own addresses as well. */
    NAT_UNPROTECTED("nat-unprotected"),
    /** By containers' own addresses, at which published ports are open; no address is rewritten, and the host's ports are left alone. */
    ROUTED("routed"),
    /** Not at all: the network is internal, and the host has no address on it. */
    ISOLATED("isolated");

    private final String text;

    GatewayMode(String text) {
        this.text = text;
    }

    static @Nullable GatewayMode of(String text) {
        for (GatewayMode mode : values()) {
            if (mode.text.equals(text)) {
                return mode;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return text;
    }
}
