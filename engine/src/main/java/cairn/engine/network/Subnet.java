package cairn.engine.network;

import cairn.engine.error.Problem;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * A network in CIDR form, of either family.
 *
 * @param base first address, host bits zero
 */
public record Subnet(InetAddress base, int prefix) {
    public Subnet {
        if (prefix < 0 || prefix > bits(base) || !base.equals(masked(base, prefix))) {
            throw new IllegalArgumentException("not a network: " + PublishedPort.text(base) + "/" + prefix);
        }
    }

    /** Parses an IPv4 {@code a.b.c.d/n} that can hold hosts; anything else is an InvalidParameter problem that names {@code what}. */
    public static InterfaceAddress parse(String what, String text) {
        InterfaceAddress parsed = cidr(text);
        if (parsed == null
                || parsed.subnet().v6()
                || parsed.subnet().prefix() < 1
                || parsed.subnet().prefix() > 30) {
            throw new Problem.InvalidParameter(what + ": invalid CIDR address: " + text).exception();
        }
        return parsed;
    }

    /** An address and the network that it is in, of either family; null if the text is neither. */
    public static @Nullable InterfaceAddress cidr(String text) {
        int slash = text.indexOf('/');
        InetAddress address = slash < 0 ? null : literal(text.substring(0, slash));
        int prefix = slash < 0 ? -1 : ContainerPort.number(text.substring(slash + 1));
        return address == null || prefix < 0 || prefix > bits(address)
                ? null
                : new InterfaceAddress(address, of(address, prefix));
    }

    /** The network with that prefix length which an address is in. */
    public static Subnet of(InetAddress address, int prefix) {
        return new Subnet(masked(address, prefix), prefix);
    }

    /** An address as it is written in numbers; null for anything else. IPv4 in its full form only, and IPv6 without a zone. */
    public static @Nullable InetAddress literal(String text) {
        if (text.indexOf('%') >= 0
                || text.indexOf(':') < 0 && text.chars().filter(c -> c == '.').count() != 3) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static int bits(InetAddress address) {
        return v6(address) ? 128 : 32;
    }

    public static boolean v6(InetAddress address) {
        return !(address instanceof Inet4Address);
    }

    private static InetAddress masked(InetAddress address, int prefix) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(prefix - 8L * i, 0, 8);
            bytes[i] &= (byte) (0xff << (8 - kept));
        }
        return inet(bytes);
    }

    private static InetAddress inet(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four or sixteen bytes are always an address", e);
        }
    }

    static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    /** As Docker writes addresses. */
    public static String format(InetAddress address) {
        return PublishedPort.text(address);
    }

    public boolean v6() {
        return v6(base);
    }

    /** The address that is so many behind the first one. */
    InetAddress at(long offset) {
        return at(BigInteger.valueOf(offset));
    }

    InetAddress at(BigInteger offset) {
        byte[] sum = number(base).add(offset).toByteArray();
        byte[] bytes = new byte[base.getAddress().length];
        int length = Math.min(sum.length, bytes.length);
        System.arraycopy(sum, sum.length - length, bytes, bytes.length - length, length);
        return inet(bytes);
    }

    /** How far behind the first address one of this network is. */
    BigInteger offset(InetAddress address) {
        return number(address).subtract(number(base));
    }

    BigInteger size() {
        return BigInteger.ONE.shiftLeft(bits(base) - prefix);
    }

    InetAddress last() {
        return at(size().subtract(BigInteger.ONE));
    }

    public boolean contains(InetAddress address) {
        return bits(address) == bits(base) && masked(address, prefix).equals(base);
    }

    /** Whether the other is this one or a part of it. */
    public boolean contains(Subnet other) {
        return other.prefix >= prefix && contains(other.base);
    }

    public boolean overlaps(Subnet other) {
        return contains(other.base) || other.contains(base);
    }

    @Override
    public String toString() {
        return format(base) + "/" + prefix;
    }
}
