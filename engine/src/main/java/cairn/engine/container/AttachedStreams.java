package cairn.engine.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Carries bytes between a client and an {@link Attachment} until one of them has enough. */
public final class AttachedStreams {
    private static final int BUFFER = 32 * 1024;

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

    /** @param detachKeys they count on terminals only */
    public AttachedStreams(Attachment attachment, DetachKeys detachKeys) {
        this.attachment = attachment;
        this.detachKeys = attachment.terminal() ? detachKeys.bytes() : new byte[0];
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
                int read = read(fromClient, buffer);
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

    /** A connection that fails has nobody at its end to read the output. */
    private int read(InputStream fromClient, byte[] buffer) throws IOException {
        try {
            return fromClient.read(buffer);
        } catch (IOException e) {
            if (end == null) {
                end = End.CLIENT;
            }
            attachment.close();
            throw e;
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
}
