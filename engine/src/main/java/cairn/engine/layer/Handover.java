package cairn.engine.layer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A bounded stream from one thread to another: one inflates and digests while the other parses and creates files. Either side may end it;
 * the other then stops at its next call.
 */
final class Handover {
    static final int BLOCK = 256 << 10;
    private static final int BLOCKS = 8;

    private final Deque<byte[]> full = new ArrayDeque<>();
    private final Deque<byte[]> spare = new ArrayDeque<>();
    private int made;
    private boolean ended;
    private boolean abandoned;
    private @Nullable IOException failure;

    /** A block to fill; null once the reader has gone. */
    synchronized byte @Nullable [] block() throws InterruptedException {
        while (!abandoned && spare.isEmpty() && made == BLOCKS) {
            wait();
        }
        if (abandoned) {
            return null;
        }
        if (spare.isEmpty()) {
            made++;
            return new byte[BLOCK];
        }
        return spare.removeFirst();
    }

    /** Hands over the first bytes of a block got from {@link #block}. */
    synchronized void put(byte[] block, int length) {
        full.addLast(length == BLOCK ? block : Arrays.copyOf(block, length));
        if (length != BLOCK) {
            spare.addLast(block);
        }
        notifyAll();
    }

    /** No more will come: because the stream is at its end, or because of a failure that the reader is to see. */
    synchronized void end(@Nullable IOException why) {
        ended = true;
        failure = why;
        notifyAll();
    }

    private synchronized byte @Nullable [] take(byte @Nullable [] done) throws IOException {
        if (done != null && done.length == BLOCK) {
            spare.addLast(done);
            notifyAll();
        }
        try {
            while (full.isEmpty() && !ended) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (full.isEmpty()) {
            if (failure != null) {
                throw failure;
            }
            return null;
        }
        return full.removeFirst();
    }

    private synchronized void abandon() {
        abandoned = true;
        full.clear();
        notifyAll();
    }

    /** The writer's side, which copies into blocks; {@link #end} is still the writer's to call. */
    OutputStream writer() {
        return new Writer();
    }

    private final class Writer extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; ) {
                byte[] block = free();
                int n = Math.min(block.length, length - done);
                System.arraycopy(bytes, offset + done, block, 0, n);
                put(block, n);
                done += n;
            }
        }

        private byte[] free() throws IOException {
            byte @Nullable [] block;
            try {
                block = block();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            if (block == null) {
                throw new IOException("the reader has gone");
            }
            return block;
        }
    }

    /** The reader's side. Closing it makes the writer stop. */
    InputStream reader() {
        return new Reader();
    }

    private final class Reader extends InputStream {
        private byte @Nullable [] block;
        private int position;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length == 0) {
                return 0;
            }
            byte[] from = block;
            if (from == null || position == from.length) {
                from = take(from);
                block = from;
                position = 0;
                if (from == null) {
                    return -1;
                }
            }
            int n = Math.min(length, from.length - position);
            System.arraycopy(from, position, bytes, offset, n);
            position += n;
            return n;
        }

        @Override
        public void close() {
            abandon();
        }
    }
}
