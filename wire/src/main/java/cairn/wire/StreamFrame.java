package cairn.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One frame of a multiplexed stream (attach, exec, logs without a terminal): byte 0 is the stream, three zero bytes, the
 * payload's length as 32 bits big-endian, the payload.
 */
public final class StreamFrame {
    public static final int HEADER = 8;
    /** A reader refuses longer frames; writers of this module cut at 32 KiB. */
    public static final int MAX_PAYLOAD = 16 << 20;

    private static final int CHUNK = 32 << 10;

    private final Kind kind;
    private final byte[] payload;

    /** The stream that a frame belongs to. */
    public enum Kind {
        STDIN(0),
        STDOUT(1),
        STDERR(2),
        /** An error of the engine itself, as text. */
        SYSTEM(3);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }
    }

    private StreamFrame(Kind kind, byte[] payload) {
        this.kind = kind;
        this.payload = payload;
    }

    public Kind kind() {
        return kind;
    }

    /** The bytes themselves, not a copy. */
    public byte[] payload() {
        return payload;
    }

    /**
     * The next frame, or null at the end of the stream.
     *
     * @throws EOFException when the stream ends inside a frame
     */
    public static @Nullable StreamFrame read(InputStream in) throws IOException {
        byte[] header = in.readNBytes(HEADER);
        if (header.length == 0) {
            return null;
        }
        if (header.length < HEADER) {
            throw new EOFException("stream ends inside a frame header");
        }
        Kind kind = kind(header);
        int length = ByteBuffer.wrap(header).getInt(4);
        if (length < 0 || length > MAX_PAYLOAD) {
            throw new IOException("stream frame of " + Integer.toUnsignedString(length) + " bytes is too long");
        }
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException("stream ends inside a frame of " + length + " bytes");
        }
        return new StreamFrame(kind, payload);
    }

    private static Kind kind(byte[] header) throws IOException {
        return switch (header[0]) {
            case 0 -> Kind.STDIN;
            case 1 -> Kind.STDOUT;
            case 2 -> Kind.STDERR;
            case 3 -> Kind.SYSTEM;
            default -> throw new IOException("stream frame of unknown kind " + (header[0] & 0xff));
        };
    }

    /**
     * Writes bytes as one frame or several, each with its header in the same write, so that a reader on a socket never sees a
     * header alone.
     */
    public static void write(OutputStream out, Kind kind, byte[] bytes, int offset, int length) throws IOException {
        for (int at = 0; at < length; at += CHUNK) {
            int size = Math.min(CHUNK, length - at);
            ByteBuffer frame = ByteBuffer.allocate(HEADER + size);
            frame.put(kind.code).putInt(4, size).position(HEADER);
            frame.put(bytes, offset + at, size);
            out.write(frame.array());
        }
    }

    /** A stream that frames whatever is written to it; closing it does not close {@code out}. */
    public static OutputStream framing(OutputStream out, Kind kind) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                StreamFrame.write(out, kind, bytes, offset, length);
            }

            @Override
            public void flush() throws IOException {
                out.flush();
            }
        };
    }
}
