package cairn.daemon;

import cairn.engine.error.Problem;
import cairn.wire.http.Duplex;
import cairn.wire.http.Exchange;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;

/**
 * The server's end of a websocket (RFC 6455) as two streams of bytes: what messages are made of on the way in does not matter, each write
 * is a message of its own on the way out. Nothing is collected, so no length that a client names costs memory.
 */
final class WebSocket {
    private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int CONTINUATION = 0x0;
    private static final int TEXT = 0x1;
    private static final int BINARY = 0x2;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xa;
    private static final int LAST = 0x80;
    private static final int MASKED = 0x80;
    private static final int MOST_CONTROL = 125;
    private static final int NORMAL = 1000;
    private static final int PROTOCOL_ERROR = 1002;

    private final InputStream in;
    private final OutputStream out;
    private final int kind;
    private boolean closed;

    private WebSocket(Duplex duplex, int kind) {
        in = duplex.input();
        out = duplex.output();
        this.kind = kind;
    }

    /**
     * Answers the handshake.
     *
     * @param binary whether messages are binary, or text as before API 1.28
     * @throws cairn.engine.error.EngineException InvalidParameter if this is none
     */
    static WebSocket accept(Exchange exchange, boolean binary) throws IOException {
        String upgrade = exchange.upgrade();
        String key = exchange.header("Sec-WebSocket-Key");
        String version = exchange.header("Sec-WebSocket-Version");
        if (upgrade == null || !upgrade.toLowerCase(Locale.ROOT).equals("websocket") || key == null) {
            throw new Problem.InvalidParameter("not a websocket handshake").exception();
        }
        if (!"13".equals(version)) {
            throw new Problem.InvalidParameter("websocket version " + version + " is not supported: 13 is").exception();
        }
        exchange.addHeader("Sec-WebSocket-Accept", proof(key.strip()));
        return new WebSocket(exchange.hijack(ContainerRoutes.RAW), binary ? BINARY : TEXT);
    }

    static String proof(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1").digest((key + KEY_SUFFIX).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    InputStream input() {
        return new Input();
    }

    OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                send(kind, bytes, offset, length);
            }
        };
    }

    /** Says that nothing more will come. */
    void end() throws IOException {
        farewell(NORMAL);
    }

    private synchronized void farewell(int code) throws IOException {
        if (!closed) {
            send(CLOSE, new byte[] {(byte) (code >> 8), (byte) code}, 0, 2);
            closed = true;
        }
    }

    private synchronized void send(int opcode, byte[] bytes, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("the websocket is closed");
        }
        int head = length <= MOST_CONTROL ? 2 : length <= 0xffff ? 4 : 10;
        byte[] frame = new byte[head + length];
        frame[0] = (byte) (LAST | opcode);
        frame[1] = (byte) (head == 2 ? length : head == 4 ? 126 : 127);
        for (int i = 2; i < head; i++) {
            int shift = 8 * (head - 1 - i);
            frame[i] = (byte) (shift > 31 ? 0 : length >> shift);
        }
        System.arraycopy(bytes, offset, frame, head, length);
        out.write(frame);
        out.flush();
    }

    /**
     * The data of all messages. Pings are answered and closes returned on the way. A websocket has no half that ends by itself: its end is an
     * EOFException.
     */
    private final class Input extends InputStream {
        private final byte[] mask = new byte[4];
        private long left;
        private int position;
        private boolean ended;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (left == 0 && !ended) {
                ended = !nextFrame();
            }
            int n = ended ? -1 : in.read(bytes, offset, (int) Math.min(length, left));
            if (n < 0) {
                ended = true;
                throw new EOFException("the websocket has ended");
            }
            unmask(bytes, offset, n);
            left -= n;
            return n;
        }

        private void unmask(byte[] bytes, int offset, int length) {
            for (int i = 0; i < length; i++) {
                bytes[offset + i] = (byte) (bytes[offset + i] ^ mask[position++ & 3]);
            }
        }

        /** Reads heads up to a data frame's; false at the end. */
        private boolean nextFrame() throws IOException {
            int first = in.read();
            if (first < 0) {
                return false;
            }
            int second = need();
            long length = second & 0x7f;
            if (length > MOST_CONTROL) {
                int bytes = length == 126 ? 2 : 8;
                length = 0;
                for (int i = 0; i < bytes; i++) {
                    length = length << 8 | need();
                }
            }
            int opcode = first & 0xf;
            boolean control = (opcode & 0x8) != 0;
            // A client's frames are always masked; bits for extensions that nobody has agreed on mean an error (5.1,
            // 5.2).
            if ((second & MASKED) == 0 || (first & 0x70) != 0 || length < 0 || control && length > MOST_CONTROL) {
                farewell(PROTOCOL_ERROR);
                return false;
            }
            for (int i = 0; i < mask.length; i++) {
                mask[i] = (byte) need();
            }
            position = 0;
            if (!control) {
                if (opcode != CONTINUATION && opcode != TEXT && opcode != BINARY) {
                    farewell(PROTOCOL_ERROR);
                    return false;
                }
                left = length;
                return true;
            }
            byte[] payload = in.readNBytes((int) length);
            if (payload.length < length) {
                return false;
            }
            unmask(payload, 0, payload.length);
            return control(opcode, payload);
        }

        private boolean control(int opcode, byte[] payload) throws IOException {
            switch (opcode) {
                case PING -> send(PONG, payload, 0, payload.length);
                case PONG -> {}
                case CLOSE -> {
                    farewell(NORMAL);
                    return false;
                }
                default -> {
                    farewell(PROTOCOL_ERROR);
                    return false;
                }
            }
            return true;
        }

        private int need() throws IOException {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the websocket ended within a frame");
            }
            return next;
        }
    }

    /** Takes Docker's multiplexed stream apart again: a websocket has one stream for both outputs. */
    static final class Joined extends OutputStream {
        private static final int HEAD = 8;

        private final OutputStream out;
        private final byte[] head = new byte[HEAD];
        private int have;
        private long left;

        Joined(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int at = offset;
            int end = offset + length;
            while (at < end) {
                if (left == 0) {
                    int n = Math.min(HEAD - have, end - at);
                    System.arraycopy(bytes, at, head, have, n);
                    have += n;
                    at += n;
                    if (have == HEAD) {
                        have = 0;
                        left = (head[4] & 0xffL) << 24
                                | (head[5] & 0xff) << 16
                                | (head[6] & 0xff) << 8
                                | (head[7] & 0xff);
                    }
                } else {
                    int n = (int) Math.min(left, end - at);
                    out.write(bytes, at, n);
                    left -= n;
                    at += n;
                }
            }
        }
    }
}
