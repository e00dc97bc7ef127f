package cairn.oci.http;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Addresses that begin alike, as {@code 10.0.0.0/8} (RFC 4632). */
public final class Network {
    private final byte[] address;
    private final int bits;

    private Network(byte[] address, int bits) {
        this.address = address;
        this.bits = bits;
    }

    /** Null where the text is not of that form. */
    public static @Nullable Network parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return null;
        }
        try {
            byte[] address = InetAddress.ofLiteral(text.substring(0, slash)).getAddress();
            int bits = Integer.parseInt(text.substring(slash + 1));
            return bits >= 0 && bits <= address.length * 8 ? new Network(address, bits) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    public boolean contains(InetAddress other) {
        byte[] bytes = other.getAddress();
        if (bytes.length != address.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> i % 8;
            if ((bytes[i / 8] & mask) != (address[i / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
