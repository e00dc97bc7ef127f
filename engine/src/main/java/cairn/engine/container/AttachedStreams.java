package cairn.engine.container;

import cairn.engine.error.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Carries bytes between a client and an {@link Attachment} until one of them has enough. */
public final class AttachedStreams {
    private static final int BUFFER = 32 * 1024;
    private static final String DEFAULT_KEYS = "ctrl-p,ctrl-q";

    /** Why it ended. */
    public enum End {
        /** The process's output is at its end, or it never ran. */
        PROCESS,
        /** The client typed the detach keys. */
        DETACHED,
        /** The client is gone. */
        CLIENT
    }

    private final Attachment attachment;
    private final byte[] detachKeys;
    private volatile @Nullable End end;

    /** @param detachKeys in Docker's spelling ({@code ctrl-p,ctrl-q}), empty for the default; they count on terminals only */
    public AttachedStreams(Attachment attachment, String detachKeys) {
        this.attachment = attachment;
        this.detachKeys = attachment.terminal() ? keys(detachKeys.isEmpty() ? DEFAULT_KEYS : detachKeys) : new byte[0];
    }

    /**
     * Returns when the output has ended, the client has detached or is gone. The input is read by a thread of its own, which
     * ends at the latest when the caller closes the client's connection.
     */
    public End carry(InputStream fromClient, OutputStream toClient) throws InterruptedException {
        SocketChannel tap = attachment.await();
        if (tap == null) {
            return End.PROCESS;
        }
        if (attachment.stdin()) {
            Thread.ofVirtual().name("attach-input").start(() -> input(fromClient, tap));
        }
        byte[] buffer = new byte[BUFFER];
        ByteBuffer view = ByteBuffer.wrap(buffer);
        while (true) {
            int read;
            try {
                view.clear();
                read = tap.read(view);
            } catch (IOException e) {
                read = -1;
            }
            if (read < 0) {
                End why = end;
                return why == null ? End.PROCESS : why;
            }
            try {
                toClient.write(buffer, 0, read);
                toClient.flush();
            } catch (IOException e) {
                return End.CLIENT;
            }
        }
    }

    private void input(InputStream fromClient, SocketChannel tap) {
        byte[] buffer = new byte[BUFFER];
        int matched = 0;
        try {
            while (true) {
                int read = fromClient.read(buffer);
                if (read < 0) {
                    tap.shutdownOutput();
                    return;
                }
                for (int i = 0; i < read && detachKeys.length > 0; i++) {
                    matched = buffer[i] == detachKeys[matched] ? matched + 1 : buffer[i] == detachKeys[0] ? 1 : 0;
                    if (matched == detachKeys.length) {
                        end = End.DETACHED;
                        attachment.close();
                        return;
                    }
                }
                // A begun sequence is held back until it is decided; terminals send keys one by one.
                int held = Math.min(matched, read);
                write(tap, buffer, read - held);
                if (held == 0 && matched == 0) {
                    continue;
                }
                heldBack(fromClient, tap, matched);
                matched = 0;
            }
        } catch (IOException gone) {
            if (end == null && tap.isOpen()) {
                end = End.CLIENT;
            }
        }
    }

    /** After {@code matched} detach keys: the next bytes decide whether they were meant for the process. */
    private void heldBack(InputStream fromClient, SocketChannel tap, int matched) throws IOException {
        int have = matched;
        while (have > 0) {
            int next = fromClient.read();
            if (next < 0) {
                write(tap, detachKeys, have);
                tap.shutdownOutput();
                throw new IOException("input ended");
            }
            if ((byte) next == detachKeys[have]) {
                have++;
                if (have == detachKeys.length) {
                    end = End.DETACHED;
                    attachment.close();
                    throw new IOException("detached");
                }
            } else {
                write(tap, detachKeys, have);
                write(tap, new byte[] {(byte) next}, 1);
                have = 0;
            }
        }
    }

    private static void write(SocketChannel tap, byte[] bytes, int length) throws IOException {
        ByteBuffer view = ByteBuffer.wrap(bytes, 0, length);
        while (view.hasRemaining()) {
            tap.write(view);
        }
    }

    /** {@code ctrl-p,ctrl-q}, {@code a}, {@code ctrl-@,x}. */
    private static byte[] keys(String text) {
        List<Byte> keys = new ArrayList<>();
        for (String key : text.split(",", -1)) {
            String lower = key.toLowerCase(Locale.ROOT);
            if (key.length() == 1) {
                keys.add((byte) key.charAt(0));
            } else if (lower.startsWith("ctrl-")
                    && key.length() == 6
                    && lower.charAt(5) >= '@'
                    && lower.charAt(5) <= 'z') {
                keys.add((byte) (lower.charAt(5) & 0x1f));
            } else {
                throw new Problem.InvalidParameter("Unknown character: '" + key + "' in the detach keys").exception();
            }
        }
        byte[] bytes = new byte[keys.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = keys.get(i);
        }
        return bytes;
    }
}
