package cairn.engine.layer;

import cairn.linux.NativeMemory;
import cairn.oci.tar.DirectInput;
import cairn.oci.tar.PieceInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded stream from one thread to another: one inflates while the other parses and creates files. Either side may end it;
 * the other then stops at its next call. Its memory is outside the heap, so that neither a decoder nor a system call needs a copy, and is
 * given back once the writer has ended and the reader has closed.
 */
final class Handover {
    static final int BLOCK = 256 << 10;
    private static final int BLOCKS = 8;

    private final NativeMemory memory = new NativeMemory();
    private final Deque<ByteBuffer> full = new ArrayDeque<>();
    private final Deque<ByteBuffer> spare = new ArrayDeque<>();
    private int made;
    private boolean ended;
    private boolean abandoned;
    private @Nullable IOException failure;

    /** A block to fill; null once the reader has gone. */
    synchronized @Nullable ByteBuffer block() throws InterruptedException {
        while (!abandoned && spare.isEmpty() && made == BLOCKS) {
            wait();
        }
        if (abandoned) {
            return null;
        }
        if (spare.isEmpty()) {
            made++;
            return memory.allocate(BLOCK, Long.BYTES);
        }
        return spare.removeFirst().clear();
    }

    /** Hands over the remaining bytes of a block got from {@link #block}, if there are any. */
    synchronized void put(ByteBuffer block) {
        (block.hasRemaining() ? full : spare).addLast(block);
        notifyAll();
    }

    /** No more will come: because the stream is at its end, or because of a failure that the reader is to see. */
    synchronized void end(@Nullable IOException why) {
        ended = true;
        failure = why;
        free();
        notifyAll();
    }

    /** Hands over a stream to its end, or until the reader has gone, and {@link #end ends}: what goes wrong comes out on both sides. */
    void feed(DirectInput in) throws IOException {
        IOException why = new IOException("reading was given up");
        try {
            boolean more = true;
            while (more) {
                ByteBuffer block = block();
                if (block == null) {
                    break;
                }
                more = in.fill(block);
                put(block.flip());
            }
            why = null;
        } catch (IOException e) {
            why = e;
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            end(why);
        }
    }

    private synchronized @Nullable ByteBuffer take(@Nullable ByteBuffer done) throws IOException {
        if (done != null) {
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
        free();
        notifyAll();
    }

    private void free() {
        if (ended && abandoned) {
            memory.close();
        }
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
                ByteBuffer block = fresh();
                int n = Math.min(block.remaining(), length - done);
                put(block.put(bytes, offset + done, n).flip());
                done += n;
            }
        }

        private ByteBuffer fresh() throws IOException {
            ByteBuffer block;
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
        return new Reader(null, _ -> {});
    }

    /**
     * As above.
     *
     * @param digest is given each block as the reader comes to it, and so all bytes once the reader has come to the end
     * @param read is told after each block how many bytes have been read in all
     */
    InputStream reader(MessageDigest digest, LongConsumer read) {
        return new Reader(digest, read);
    }

    private final class Reader extends DirectInput implements PieceInput {
        private final @Nullable MessageDigest digest;
        private final LongConsumer read;
        private @Nullable ByteBuffer block;
        private long done;

        Reader(@Nullable MessageDigest digest, LongConsumer read) {
            this.digest = digest;
            this.read = read;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            ByteBuffer from = current();
            if (from == null) {
                return -1;
            }
            // Whoever gives up a transfer may close its stream meanwhile, from another thread.
            synchronized (Handover.this) {
                if (abandoned) {
                    throw new IOException("closed");
                }
                int n = Math.min(target.remaining(), from.remaining());
                target.put(from.slice(from.position(), n));
                from.position(from.position() + n);
                return n;
            }
        }

        @Override
        public @Nullable ByteBuffer piece() throws IOException {
            ByteBuffer from = current();
            if (from == null) {
                return null;
            }
            ByteBuffer piece = from.slice();
            from.position(from.limit());
            return piece;
        }

        private @Nullable ByteBuffer current() throws IOException {
            if (block == null || !block.hasRemaining()) {
                ByteBuffer last = block;
                if (last != null) {
                    done += last.limit();
                    read.accept(done);
                }
                block = null;
                block = take(last);
                if (block != null && digest != null) {
                    digest.update(block.duplicate());
                }
            }
            return block;
        }

        @Override
        public void close() {
            block = null;
            abandon();
        }
    }
}
