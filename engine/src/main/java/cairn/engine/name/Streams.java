package cairn.engine.name;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Messages on a connection: two bytes of length before each (RFC 1035, 4.2.2). */
final class Streams {
    static final int LARGEST = 65535;

    private Streams() {}

    /** Null at the end of the stream. */
    static byte @Nullable [] read(InputStream in, int largest) throws IOException {
        int high = in.read();
        if (high < 0) {
            return null;
        }
        int low = in.read();
        int length = high << 8 | low;
        if (low < 0 || length > largest) {
            throw new IOException("a message of " + length + " bytes");
        }
        byte[] message = in.readNBytes(length);
        if (message.length < length) {
            throw new EOFException("the connection ended within a message");
        }
        return message;
    }

    static void write(SocketChannel channel, byte[] message) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(message.length + 2)
                .putShort((short) message.length)
                .put(message)
                .flip();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
