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
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded stream from one thread to another: one inflates while the other parses and creates files. Either side may end it; the other then
 * stops at its next call. If a digest is taken, it is by whichever of the two would have to wait otherwise. Its memory is outside the heap, so
 * that neither a decoder nor a system call needs a copy, and is given back once the writer has ended and the reader has closed.
 */
final class Handover {
    /** All of them together stay in a processor's own cache on the way from one side to the other. */
    static final int BLOCK = 64 << 10;

    private static final int BLOCKS = 8;

    private final NativeMemory memory = new NativeMemory();
    private final Deque<ByteBuffer> full = new ArrayDeque<>();
    /** The last ones of {@link #full}, which the digest has not been given; with the first somebody is busy where {@link #digesting} says so. */
    private final Deque<ByteBuffer> undigested = new ArrayDeque<>();

    private final Deque<ByteBuffer> spare = new ArrayDeque<>();
    private final @Nullable MessageDigest digest;
    private boolean digesting;
    private int made;
    private boolean ended;
    private boolean abandoned;
    private @Nullable IOException failure;

    Handover() {
        this(null);
    }

    /** @param digest is given all bytes in order: those of a block before the reader sees it */
    Handover(@Nullable MessageDigest digest) {
        this.digest = digest;
    }

    /** A block to fill; null once the reader has gone. */
    @Nullable
    ByteBuffer block() throws InterruptedException {
        while (true) {
            synchronized (this) {
                while (!abandoned && spare.isEmpty() && made == BLOCKS && (digesting || undigested.isEmpty())) {
                    wait();
                }
                if (abandoned) {
                    return null;
                }
                if (!spare.isEmpty()) {
                    return spare.removeFirst().clear();
                }
                if (made < BLOCKS) {
                    made++;
                    return memory.allocate(BLOCK, Long.BYTES);
                }
                digesting = true;
            }
            digestFirst();
        }
    }

    /** Hands over the remaining bytes of a block got from {@link #block}, if there are any. */
    synchronized void put(ByteBuffer block) {
        if (block.hasRemaining()) {
            full.addLast(block);
            if (digest != null) {
                undigested.addLast(block);
            }
        } else {
            spare.addLast(block);
        }
        notifyAll();
    }

    /** For the thread that has set {@link #digesting}. */
    private void digestFirst() {
        ByteBuffer first;
        synchronized (this) {
            first = undigested.getFirst();
        }
        try {
            Objects.requireNonNull(digest).update(first.duplicate());
        } finally {
            synchronized (this) {
                undigested.pollFirst();
                digesting = false;
                free();
                notifyAll();
            }
        }
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

    private @Nullable ByteBuffer take(@Nullable ByteBuffer done) throws IOException {
        synchronized (this) {
            if (done != null) {
                spare.addLast(done);
                // A writer that had none gets several at once: to wake it costs as much as to fill a block.
                if (spare.size() == BLOCKS / 2) {
                    notifyAll();
                }
            }
        }
        while (true) {
            synchronized (this) {
                try {
                    while (full.isEmpty() ? !ended : digesting && allUndigested()) {
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
                if (!allUndigested()) {
                    return full.removeFirst();
                }
                digesting = true;
            }
            digestFirst();
        }
    }

    /** Of those that are full, also the first. */
    private boolean allUndigested() {
        return undigested.size() == full.size();
    }

    private synchronized void abandon() {
        abandoned = true;
        full.clear();
        undigested.clear();
        free();
        notifyAll();
    }

    private void free() {
        if (ended && abandoned && !digesting) {
            memory.close();
        }
    }

    /** The writer's side, which collects in blocks until it is flushed or closed; {@link #end} is still the writer's to call. */
    OutputStream writer() {
        return new Writer();
    }

    private final class Writer extends OutputStream {
        private @Nullable ByteBuffer block;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; ) {
                ByteBuffer into = block;
                if (into == null) {
                    into = fresh();
                    block = into;
                }
                int n = Math.min(into.remaining(), length - done);
                into.put(bytes, offset + done, n);
                done += n;
                if (!into.hasRemaining()) {
                    flush();
                }
            }
        }

        @Override
        public void flush() {
            ByteBuffer filled = block;
            if (filled != null) {
                block = null;
                put(filled.flip());
            }
        }

        @Override
        public void close() {
            flush();
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
        return reader(_ -> {});
    }

    /** As above; {@code read} is told after each block how many bytes have been read in all. */
    InputStream reader(LongConsumer read) {
        return new Reader(read);
    }

    private final class Reader extends DirectInput implements PieceInput {
        private final LongConsumer read;
        private @Nullable ByteBuffer block;
        private long done;

        Reader(LongConsumer read) {
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
