package cairn.engine.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The first 4096 bytes that a health probe prints, both streams together; more is read and dropped. */
final class ProbeOutput {
    private static final int LIMIT = 4096;
    private static final int HEADER = 8; // of Docker's frames: stream, three zeros, length in network order

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean more;

    /** Reads frames to the end of the stream. */
    void read(@Nullable SocketChannel channel) throws IOException {
        if (channel == null) {
            return;
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        ByteBuffer body = ByteBuffer.allocate(LIMIT);
        while (fill(channel, header.clear())) {
            int left = header.getInt(4);
            while (left > 0) {
                body.clear().limit(Math.min(left, LIMIT));
                if (!fill(channel, body)) {
                    return;
                }
                left -= body.position();
                add(body.array(), body.position());
            }
        }
    }

    private static boolean fill(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        return true;
    }

    private void add(byte[] bytes, int length) {
        int taken = Math.min(length, LIMIT - kept.size());
        kept.write(bytes, 0, taken);
        more |= taken < length;
    }

    String text() {
        return kept.toString(StandardCharsets.UTF_8) + (more ? "..." : "");
    }
}
