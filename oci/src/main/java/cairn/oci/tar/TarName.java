package cairn.oci.tar;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Names as bytes and as text. Names on Linux are bytes, mostly UTF-8; a byte that is not part of valid UTF-8 is held in a string as the
 * lone surrogate U+DC00 + byte, so that every name survives the way to text and back.
 */
public final class TarName {
    private static final int ESCAPE = 0xDC00;
    private static final int QUOTED = 160;

    private TarName() {}

    /** The text of {@code length} bytes; never fails. */
    public static String decode(byte[] bytes, int offset, int length) {
        if (isAscii(bytes, offset, length)) {
            return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return decodeEscaping(bytes, offset, length);
        }
    }

    /**
     * The bytes of a name: the reverse of {@link #decode}.
     *
     * @throws IllegalArgumentException where the text has surrogates that {@code decode} does not make
     */
    public static byte[] encode(String name) {
        if (!isEscaped(name)) {
            return name.getBytes(StandardCharsets.UTF_8);
        }
        ByteBuffer out = ByteBuffer.allocate(name.length() * 3);
        for (int i = 0; i < name.length(); ) {
            int c = name.codePointAt(i);
            i += Character.charCount(c);
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                out.put(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            } else if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xff) {
                out.put((byte) c);
            } else {
                throw new IllegalArgumentException("a name with a lone surrogate");
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Whether some byte of the name is not UTF-8. */
    public static boolean isEscaped(String name) {
        int i = 0;
        while (i < name.length()) {
            char c = name.charAt(i++);
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                continue;
            }
            if (Character.isLowSurrogate(c) || i == name.length() || !Character.isLowSurrogate(name.charAt(i))) {
                return true;
            }
            i++;
        }
        return false;
    }

    /** The name in quotes for a message: control characters escaped, long names cut. */
    static String quote(String name) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < Math.min(name.length(), QUOTED); i++) {
            char c = name.charAt(i);
            if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xff) {
                text.append("\\x%02x".formatted(c - ESCAPE));
            } else if (c < ' ' || c == 0x7f) {
                text.append("\\x%02x".formatted((int) c));
            } else {
                text.append(c == '"' ? "\\\"" : c);
            }
        }
        return text.append(name.length() > QUOTED ? "…\"" : "\"").toString();
    }

    private static boolean isAscii(byte[] bytes, int offset, int length) {
        int or = 0;
        for (int i = offset; i < offset + length; i++) {
            or |= bytes[i];
        }
        return or >= 0;
    }

    private static String decodeEscaping(byte[] bytes, int offset, int length) {
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        CharBuffer out = CharBuffer.allocate(length);
        var decoder = StandardCharsets.UTF_8.newDecoder();
        while (true) {
            var result = decoder.decode(in, out, true);
            if (result.isUnderflow()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (ESCAPE + (in.get() & 0xff)));
            }
            decoder.reset();
        }
    }
}
