package cairn.engine.network;

import org.jspecify.annotations.Nullable;

/** A transport protocol whose ports can be published. */
public enum Transport {
    TCP(6),
    UDP(17),
    SCTP(132);

    private final int number;

    Transport(int number) {
        this.number = number;
    }

    /** Its number in the IP header. */
    int number() {
        return number;
    }

    /** As Docker and nft write it. */
    @Override
    public String toString() {
        return switch (this) {
            case TCP -> "tcp";
            case UDP -> "udp";
            case SCTP -> "sctp";
        };
    }

    /** In any case of letters; null if it is none of these. */
    public static @Nullable Transport of(String text) {
        for (Transport transport : values()) {
            if (transport.toString().equalsIgnoreCase(text)) {
                return transport;
            }
        }
        return null;
    }
}
