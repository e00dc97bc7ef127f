package cairn.oci.tar;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.Checksum;

/**
 * Records a tar stream in tar-split's form, the {@code tar-split.json.gz} of Docker's layer store: give it to a {@link TarReader} as its
 * listener. The record is complete once this is closed.
 */
public final class TarSplitWriter implements TarReader.RawListener, Closeable {
    /** Longer runs of raw bytes are cut into several lines: readers hold a line in memory. */
    private static final int MAX_SEGMENT = 1 << 20;

    /** Raw bytes and lines of a batch: enough that handing it over costs nothing beside it. */
    private static final int BATCH_BYTES = 64 << 10;

    private static final int BATCH_LINES = 256;

    /** Batches that may wait to be written. */
    private static final int AHEAD = 4;

    private final LayerCodec codec;
    private final ByteArrayOutputStream segment = new ByteArrayOutputStream();
    private final SeenNames seen = new SeenNames();
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("cairn-tar-split").factory());
    private final Deque<Future<?>> running = new ArrayDeque<>();
    private List<TarSplitLine> batch = new ArrayList<>();
    private int weight;

    // The worker's alone.
    private final OutputStream record;
    private final TarSplitLineWriter lines = new TarSplitLineWriter();

    public TarSplitWriter(OutputStream out) throws IOException {
        this(out, LayerCodec.JDK);
    }

    /** The record is formatted by a thread of its own and compressed by another, since it stands in the way of every layer that is unpacked. */
    public TarSplitWriter(OutputStream out, LayerCodec codec) throws IOException {
        this.codec = codec;
        this.record = new GzipOutput(out, codec, 1);
    }

    @Override
    public void raw(byte[] buffer, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            int n = Math.min(length - done, MAX_SEGMENT - segment.size());
            segment.write(buffer, offset + done, n);
            done += n;
            if (segment.size() == MAX_SEGMENT) {
                writeSegment();
            }
        }
    }

    @Override
    public Checksum crc64() {
        return codec.crc64();
    }

    /** @throws TarException where the archive has the same path twice: Docker's layer store refuses such layers */
    @Override
    public void payload(TarEntry entry, long size, long crc64) throws IOException {
        if (!seen.add(TarWriter.clean(entry.name()))) {
            throw new TarException(
                    "tar entry " + TarName.quote(entry.name()) + ": duplicates of file paths not supported");
        }
        writeSegment();
        add(new TarSplitLine.File(entry.name(), size, crc64), 0);
    }

    /** Completes the record and closes the stream. */
    @Override
    public void close() throws IOException {
        try (record;
                worker) {
            writeSegment();
            handOver();
            while (!running.isEmpty()) {
                finishFirst();
            }
        }
    }

    private void writeSegment() throws IOException {
        if (segment.size() > 0) {
            byte[] bytes = segment.toByteArray();
            segment.reset();
            add(new TarSplitLine.Segment(bytes), bytes.length);
        }
    }

    private void add(TarSplitLine line, int bytes) throws IOException {
        batch.add(line);
        weight += bytes;
        if (weight >= BATCH_BYTES || batch.size() >= BATCH_LINES) {
            handOver();
        }
    }

    private void handOver() throws IOException {
        List<TarSplitLine> full = batch;
        batch = new ArrayList<>(BATCH_LINES);
        weight = 0;
        running.addLast(worker.submit(() -> {
            write(full);
            return null;
        }));
        while (running.size() > AHEAD) {
            finishFirst();
        }
    }

    private void finishFirst() throws IOException {
        try {
            running.removeFirst().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failed
                    ? failed
                    : new IOException("tar-split record: " + e.getCause(), e);
        }
    }

    // ---- in the worker

    private void write(List<TarSplitLine> full) throws IOException {
        for (TarSplitLine line : full) {
            lines.add(line);
            lines.writeTo(record);
        }
    }

    /** The paths seen so far, as 64-bit hashes: archives may have millions of entries. */
    static final class SeenNames {
        private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

        private long[] slots = new long[1024];
        private int count;

        /** Whether the name is new. */
        boolean add(String name) {
            if (count > slots.length / 4 * 3) {
                long[] old = slots;
                slots = new long[old.length * 2];
                Arrays.stream(old).filter(hash -> hash != 0).forEach(this::insert);
            }
            boolean added = insert(hash(name));
            count += added ? 1 : 0;
            return added;
        }

        private boolean insert(long hash) {
            int mask = slots.length - 1;
            for (int i = (int) hash & mask; ; i = (i + 1) & mask) {
                if (slots[i] == hash) {
                    return false;
                }
                if (slots[i] == 0) {
                    slots[i] = hash;
                    return true;
                }
            }
        }

        private static long hash(String name) {
            long hash = name.length();
            for (int i = 0; i < name.length(); i++) {
                hash = (hash ^ name.charAt(i)) * MULTIPLIER;
                hash ^= hash >>> 32;
            }
            return hash == 0 ? 1 : hash;
        }
    }
}
