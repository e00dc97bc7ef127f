package cairn.oci.http;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** How far an address reaches. The order is from the outside to the inside. */
public enum Zone {
    PUBLIC,
    /** Networks of one's own: RFC 1918, RFC 6598, RFC 4193 and whatever else is not routed on the Internet. */
    PRIVATE,
    LOOPBACK,
    /** One link, where clouds answer with secrets; groups; no address at all. */
    LINK;

    public static Zone of(InetAddress address) {
        InetAddress plain = unmapped(address);
        if (plain.isLoopbackAddress()) {
            return LOOPBACK;
        }
        if (plain.isLinkLocalAddress() || plain.isMulticastAddress() || plain.isAnyLocalAddress()) {
            return LINK;
        }
        byte[] bytes = plain.getAddress();
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        if (plain instanceof Inet4Address) {
            return switch (first) {
                case 0, 255 -> LINK;
                case 10 -> PRIVATE;
                case 100 -> second >= 64 && second < 128 ? PRIVATE : PUBLIC;
                case 172 -> second >= 16 && second < 32 ? PRIVATE : PUBLIC;
                case 192 -> second == 168 || (second == 0 && bytes[2] == 0) ? PRIVATE : PUBLIC;
                case 198 -> second == 18 || second == 19 ? PRIVATE : PUBLIC;
                default -> first >= 240 ? PRIVATE : PUBLIC;
            };
        }
        return (first & 0xfe) == 0xfc || plain.isSiteLocalAddress() ? PRIVATE : PUBLIC;
    }

    /** Whether who is at an address of this zone may send a client on to one of {@code target}: to the same, or further out. */
    public boolean mayLeadTo(Zone target) {
        return target != LINK && target.compareTo(this) <= 0;
    }

    /** The IPv4 address that an IPv6 one stands for: compatible (::/96), NAT64 (64:ff9b::/96) and 6to4 (2002::/16). The JDK unwraps ::ffff:0:0/96. */
    private static InetAddress unmapped(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != 16 || address.isLoopbackAddress() || address.isAnyLocalAddress()) {
            return address;
        }
        byte[] zeros = new byte[12];
        byte[] head = Arrays.copyOf(bytes, 12);
        byte[] nat64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
        try {
            if (Arrays.equals(head, zeros) || Arrays.equals(head, nat64)) {
                return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16));
            }
            if (bytes[0] == 0x20 && bytes[1] == 0x02) {
                return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 2, 6));
            }
            return address;
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }
}
