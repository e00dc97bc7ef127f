package cairn.oci.tar;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * One line of a tar-split record: a JSON object of strings and whole numbers. Read by hand, since the strings are megabytes of base64 that
 * general readers would copy several times or refuse.
 */
sealed interface TarSplitLine {

    /** Bytes of the archive as they are. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Segment(byte[] bytes) implements TarSplitLine {}

    /** The content of a file. */
    record File(String name, long size, long crc64) implements TarSplitLine {}

    /** Reads the line that stands in {@code json} from one index up to another. */
    static TarSplitLine parse(byte[] json, int from, int to) throws TarException {
        try {
            return new Parser(json, from, to).line();
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw new TarException("broken line in a tar-split record", e);
        }
    }

    /** The bytes of the archive that a line stands for, without decoding them. */
    static long length(byte[] json, int from, int to) throws TarException {
        try {
            return new Parser(json, from, to).length();
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw new TarException("broken line in a tar-split record", e);
        }
    }

    /** Throws {@link IllegalArgumentException}, {@link ArithmeticException} or {@link IndexOutOfBoundsException} for whatever is wrong. */
    final class Parser {
        private static final int FILE = 1;
        private static final int SEGMENT = 2;

        private enum Member {
            TYPE,
            PAYLOAD,
            POSITION,
            NAME,
            SIZE,
            NAME_RAW;

            private static final Member[] ALL = values();

            private final byte[] text = name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
        }

        private final byte[] in;
        private final int end;
        private int at;
        private boolean lengthOnly;
        private long type;
        private long size;
        private byte[] name = {};
        private byte[] payload = {};
        private long payloadLength;

        private Parser(byte[] json, int from, int to) {
            this.in = json;
            this.at = from;
            this.end = to;
        }

        private long length() {
            lengthOnly = true;
            members();
            check(type == SEGMENT || (type == FILE && size >= 0));
            return type == SEGMENT ? payloadLength : size;
        }

        private TarSplitLine line() {
            members();
            if (type == SEGMENT) {
                return new Segment(payload);
            }
            check(type == FILE && size >= 0 && (size == 0 || payload.length == Long.BYTES));
            long crc64 = size == 0 ? 0 : ByteBuffer.wrap(payload).getLong();
            return new File(TarName.decode(name, 0, name.length), size, crc64);
        }

        private void members() {
            expect('{');
            do {
                Member member = member();
                expect(':');
                switch (member) {
                    case TYPE -> type = number();
                    case SIZE -> size = number();
                    case NAME -> name = string();
                    case NAME_RAW -> name = base64();
                    case PAYLOAD -> payload();
                    case POSITION -> number();
                }
            } while (more());
        }

        /** Compared where it stands: there are four hundred thousand in the record of a large layer. */
        private Member member() {
            expect('"');
            for (Member member : Member.ALL) {
                int length = member.text.length;
                if (at + length < end
                        && in[at] == member.text[0]
                        && in[at + length] == '"'
                        && Arrays.equals(in, at, at + length, member.text, 0, length)) {
                    at += length + 1;
                    return member;
                }
            }
            throw new IllegalArgumentException("unknown member");
        }

        private void payload() {
            if (!lengthOnly) {
                payload = base64();
                return;
            }
            int from = at;
            if (token() == 'n') {
                at = from;
                base64();
                return;
            }
            int start = at;
            payloadLength = SparseBase64.decodedLength(in, start, quote() - 1);
        }

        private boolean more() {
            byte c = token();
            check(c == ',' || (c == '}' && blank()));
            return c == ',';
        }

        private boolean blank() {
            while (at < end) {
                check(in[at++] <= ' ');
            }
            return true;
        }

        private byte[] base64() {
            if (token() == 'n') {
                check(next() == 'u' && next() == 'l' && next() == 'l');
                return new byte[0];
            }
            // Base64 has no escapes.
            int from = at;
            return SparseBase64.decode(in, from, quote() - 1);
        }

        /** Goes on behind the next quotation mark. */
        private int quote() {
            int found = SparseBase64.find(in, at, end, '"');
            check(found < end);
            at = found + 1;
            return at;
        }

        private byte[] string() {
            expect('"');
            int from = at;
            int plain = at;
            while (plain < end && in[plain] != '"' && in[plain] != '\\') {
                plain++;
            }
            check(plain < end);
            if (in[plain] == '"') {
                at = plain + 1;
                return Arrays.copyOfRange(in, from, plain);
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (byte c = next(); c != '"'; c = next()) {
                if (c == '\\') {
                    out.writeBytes(escaped());
                } else {
                    out.write(c);
                }
            }
            return out.toByteArray();
        }

        private byte[] escaped() {
            byte c = next();
            char text = switch (c) {
                case '"', '\\', '/' -> (char) c;
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'u' -> (char) (hex() << 12 | hex() << 8 | hex() << 4 | hex());
                default -> throw new IllegalArgumentException("unknown escape");
            };
            check(!Character.isLowSurrogate(text));
            if (!Character.isHighSurrogate(text)) {
                return Character.toString(text).getBytes(StandardCharsets.UTF_8);
            }
            check(next() == '\\' && next() == 'u');
            char low = (char) (hex() << 12 | hex() << 8 | hex() << 4 | hex());
            check(Character.isLowSurrogate(low));
            return new String(new char[] {text, low}).getBytes(StandardCharsets.UTF_8);
        }

        private int hex() {
            int digit = Character.digit(next(), 16);
            check(digit >= 0);
            return digit;
        }

        private long number() {
            int first = token();
            int sign = first == '-' ? -1 : 1;
            long value = first == '-' ? 0 : digit(first);
            check(first != '-' || (at < end && in[at] >= '0' && in[at] <= '9'));
            while (at < end && in[at] >= '0' && in[at] <= '9') {
                value = Math.addExact(Math.multiplyExact(value, 10L), digit(in[at++]));
            }
            return sign * value;
        }

        private static int digit(int c) {
            check(c >= '0' && c <= '9');
            return c - '0';
        }

        private void expect(char c) {
            check(token() == c);
        }

        /** The next byte that is no space. */
        private byte token() {
            byte c = next();
            while (c == ' ' || c == '\t' || c == '\r') {
                c = next();
            }
            return c;
        }

        private byte next() {
            if (at == end) {
                throw new IllegalArgumentException("ends too early");
            }
            return in[at++];
        }

        private static void check(boolean condition) {
            if (!condition) {
                throw new IllegalArgumentException("not as expected");
            }
        }
    }
}
