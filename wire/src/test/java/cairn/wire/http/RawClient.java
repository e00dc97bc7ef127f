package cairn.wire.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A client that sends exactly the bytes it is told, and shows exactly those that come. */
final class RawClient implements AutoCloseable {
    final SocketChannel channel;

    RawClient(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    RawClient send(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        return this;
    }

    RawClient halfClose() throws IOException {
        channel.shutdownOutput();
        return this;
    }

    /** Reads until the text ends with this, or the stream ends. */
    String readUntil(String end) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (!text.toString(ISO_8859_1).endsWith(end) && channel.read(one.clear()) >= 0) {
            text.write(one.array()[0]);
        }
        return text.toString(ISO_8859_1);
    }

    String readHead() throws IOException {
        return readUntil("\r\n\r\n");
    }

    String readAll() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        ByteBuffer bytes = ByteBuffer.allocate(65536);
        while (channel.read(bytes.clear()) >= 0) {
            text.write(bytes.array(), 0, bytes.position());
        }
        return text.toString(ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
