package cairn.linux;

/** A hardware address of six bytes, the highest first; prints as {@code 02:42:ac:11:00:02}. */
@SuppressWarnings("DoNotCallSuggester")
public record MacAddress(long value) {
    public MacAddress {
        if (value >>> 48 != 0) {
            throw new IllegalArgumentException("not a MAC address: 0x" + Long.toHexString(value));
        }
    }

    public static MacAddress of(byte[] bytes) {
        throw new UnsupportedOperationException();
    }

    /** Takes six pairs of hexadecimal digits with colons or hyphens between. */
    public static MacAddress parse(String text) {
        throw new UnsupportedOperationException();
    }

    public byte[] bytes() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String toString() {
        throw new UnsupportedOperationException();
    }
}
