package cairn.linux;

import java.util.HexFormat;

/** A hardware address of six bytes, the highest first; prints as {@code 02:42:ac:11:00:02}. */
public record MacAddress(long value) {
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

    public MacAddress {
        if (value >>> 48 != 0) {
            throw new IllegalArgumentException("not a MAC address: 0x" + Long.toHexString(value));
        }
    }

    public static MacAddress of(byte[] bytes) {
        if (bytes.length != 6) {
            throw new IllegalArgumentException("a MAC address has 6 bytes, not " + bytes.length);
        }
        long value = 0;
        for (byte b : bytes) {
            value = value << 8 | (b & 0xff);
        }
        return new MacAddress(value);
    }

    /**
     * Takes six pairs of hexadecimal digits with colons or hyphens between.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static MacAddress parse(String text) {
        try {
            return of(COLONS.parseHex(text.replace('-', ':')));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a MAC address: " + text, e);
        }
    }

    public byte[] bytes() {
        byte[] bytes = new byte[6];
        for (int i = 0; i < 6; i++) {
            bytes[i] = (byte) (value >>> (40 - 8 * i));
        }
        return bytes;
    }

    @Override
    public String toString() {
        return COLONS.formatHex(bytes());
    }
}
