package cairn.engine.network;

import cairn.engine.error.Problem;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IPv4 network in CIDR form.
 *
 * @param base first address, as an unsigned 32-bit number, host bits zero
 */
public record Subnet(long base, int prefix) {
    public Subnet {
        if (prefix < 1 || prefix > 30 || (base & ~mask(prefix)) != 0) {
            throw new IllegalArgumentException("not a usable network: " + format(base) + "/" + prefix);
        }
    }

    /** Parses {@code a.b.c.d/n}; anything else is an InvalidParameter problem that names {@code what}. */
    public static InterfaceAddress parse(String what, String text) {
        int slash = text.indexOf('/');
        try {
            long address = slash < 0 ? -1 : address(text.substring(0, slash));
            int prefix = slash < 0 ? -1 : Integer.parseInt(text.substring(slash + 1));
            if (address >= 0 && prefix >= 1 && prefix <= 30) {
                return new InterfaceAddress(address, new Subnet(address & mask(prefix), prefix));
            }
        } catch (NumberFormatException e) {
            // Falls through to the one error below.
        }
        throw new Problem.InvalidParameter(what + ": invalid CIDR address: " + text).exception();
    }

    static long mask(int prefix) {
        return 0xffff_ffffL << (32 - prefix) & 0xffff_ffffL;
    }

    /** -1 when it is not four decimal numbers. */
    private static long address(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return -1;
        }
        long address = 0;
        for (String part : parts) {
            int number = Integer.parseInt(part);
            if (number < 0 || number > 255) {
                return -1;
            }
            address = address << 8 | number;
        }
        return address;
    }

    public static long number(Inet4Address address) {
        byte[] bytes = address.getAddress();
        return (bytes[0] & 0xffL) << 24 | (bytes[1] & 0xffL) << 16 | (bytes[2] & 0xffL) << 8 | bytes[3] & 0xffL;
    }

    public static String format(long address) {
        return (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }

    static Inet4Address inet(long address) {
        try {
            return (Inet4Address) InetAddress.getByAddress(
                    new byte[] {(byte) (address >> 24), (byte) (address >> 16), (byte) (address >> 8), (byte) address});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are always an address", e);
        }
    }

    long size() {
        return 1L << (32 - prefix);
    }

    long broadcast() {
        return base + size() - 1;
    }

    boolean contains(long address) {
        return (address & mask(prefix)) == base;
    }

    public boolean overlaps(Subnet other) {
        return contains(other.base) || other.contains(base);
    }

    @Override
    public String toString() {
        return format(base) + "/" + prefix;
    }
}
