package cairn.oci.tar;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;

/**
 * Writes gzip (RFC 1952), compressed in blocks side by side by as many threads as there are processors. The same content gives the same
 * bytes with the same codec, whatever the number of threads and the sizes of the writes: blocks have a fixed size and know nothing of one
 * another.
 */
public final class GzipOutput extends OutputStream {
    /** Plain bytes of a block; what a block cannot refer to costs less than a percent of size. */
    static final int BLOCK = 512 << 10;

    /** Room for a block that cannot be compressed. */
    private static final int TARGET = BLOCK + (BLOCK >> 4) + 1024;

    // Deflate, no flags, no time, no level, made on Unix: nothing that would differ from one run to the next.
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};

    private final OutputStream out;
    private final LayerCodec codec;
    private final int ahead;
    private final ExecutorService workers;
    private final Deque<Running> running = new ArrayDeque<>();
    private final Deque<Block> idle = new ArrayDeque<>();
    private final Deque<Block> made = new ArrayDeque<>();
    private final CRC32 crc = new CRC32();
    private long total;
    private Block block;
    private boolean broken;
    private boolean closed;

    private record Running(Block block, Future<Integer> size) {}

    /** What one thread needs to compress one block. */
    private final class Block {
        final LayerCodec.Encoder encoder = codec.encoder(BLOCK, TARGET);
        final byte[] plain = new byte[BLOCK];
        final byte[] compressed = new byte[TARGET];
        int length;

        int compress(boolean last) {
            return encoder.deflate(plain, length, last, compressed);
        }
    }

    /** Closing this closes {@code out}. */
    public GzipOutput(OutputStream out, LayerCodec codec) throws IOException {
        this(out, codec, Runtime.getRuntime().availableProcessors());
    }

    GzipOutput(OutputStream out, LayerCodec codec, int threads) throws IOException {
        this.out = out;
        this.codec = codec;
        this.ahead = threads;
        this.workers = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("cairn-gzip-", 0).factory());
        this.block = new Block();
        made.add(block);
        out.write(HEADER);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (closed || broken) {
            throw new IOException(closed ? "gzip stream is closed" : "gzip stream is broken");
        }
        crc.update(bytes, offset, length);
        total += length;
        for (int done = 0; done < length; ) {
            if (block.length == BLOCK) {
                start(false);
                block = free();
            }
            int n = Math.min(length - done, BLOCK - block.length);
            System.arraycopy(bytes, offset + done, block.plain, block.length, n);
            block.length += n;
            done += n;
        }
    }

    /** Completes the stream, except after a failure. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (out) {
            if (!broken) {
                start(true);
                while (!running.isEmpty()) {
                    finishFirst();
                }
                ByteBuffer trailer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
                out.write(
                        trailer.putInt((int) crc.getValue()).putInt((int) total).array());
            }
        } finally {
            // Waits for what still runs, which is a block or two.
            workers.close();
            made.forEach(used -> used.encoder.close());
        }
    }

    private void start(boolean last) {
        Block full = block;
        running.addLast(new Running(full, workers.submit(() -> full.compress(last))));
    }

    private Block free() throws IOException {
        while (running.size() > ahead) {
            finishFirst();
        }
        Block next = idle.pollFirst();
        if (next == null) {
            next = new Block();
            made.add(next);
        }
        next.length = 0;
        return next;
    }

    private void finishFirst() throws IOException {
        Running first = running.removeFirst();
        boolean done = false;
        try {
            out.write(first.block.compressed, 0, first.size.get());
            done = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException("compression failed: " + e.getCause(), e);
        } finally {
            broken |= !done;
        }
        idle.addFirst(first.block);
    }
}
