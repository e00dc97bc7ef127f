package cairn.oci.tar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/** The bytes of an archive: buffered, counted against the limit on the whole, and shown to the listener. */
final class TarInput {
    static final int BLOCK = 512;
    private static final int BUFFER = 64 << 10;

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final DirectInput in;
    private final @Nullable PieceInput pieces;
    private final long maxBytes;
    private final TarReader.@Nullable RawListener listener;
    private final byte[] block = new byte[BLOCK];
    /** Own memory for an input that has no pieces. */
    private byte[] buffer = {};

    private ByteBuffer piece = NONE;
    private long total;

    TarInput(InputStream in, long maxBytes, TarReader.@Nullable RawListener listener) {
        this.in = DirectInput.of(in);
        this.pieces = in instanceof PieceInput direct ? direct : null;
        this.maxBytes = maxBytes;
        this.listener = listener;
    }

    /** What {@link #nextBlock} has read last. */
    byte[] block() {
        return block;
    }

    /** Reads the next 512 bytes into {@link #block}; false at the end of the input. Shown to the listener. */
    boolean nextBlock() throws IOException {
        int done = 0;
        while (done < BLOCK && (piece.hasRemaining() || fill())) {
            int n = Math.min(BLOCK - done, piece.remaining());
            piece.get(block, done, n);
            done += n;
        }
        if (done > 0 && done < BLOCK) {
            throw new TarException("archive ends within a header");
        }
        if (done > 0 && listener != null) {
            listener.raw(block, 0, BLOCK);
        }
        return done > 0;
    }

    /** Reads content, which only {@code sum} is told of; -1 at the end of the input. */
    int content(byte[] target, int offset, int length, @Nullable Checksum sum) throws IOException {
        return content(ByteBuffer.wrap(target, offset, length), length, sum);
    }

    /** The same into a buffer, whose position moves. */
    int content(ByteBuffer target, int most, @Nullable Checksum sum) throws IOException {
        int start = target.position();
        ByteBuffer room = target.slice(start, most);
        if (!piece.hasRemaining() && pieces == null && most >= BUFFER / 4) {
            if (in.read(room) < 0) {
                return -1;
            }
            count(room.position());
        } else if (piece.hasRemaining() || fill()) {
            DirectInput.move(piece, room);
        } else {
            return -1;
        }
        int n = room.position();
        target.position(start + n);
        if (sum != null) {
            sum.update(room.flip());
        }
        return n;
    }

    /** The same without a copy: bytes that stay where they are until the next call; null at the end of the input. */
    @Nullable
    ByteBuffer content(int most, @Nullable Checksum sum) throws IOException {
        if (!piece.hasRemaining() && !fill()) {
            return null;
        }
        ByteBuffer content = take(Math.min(most, piece.remaining()));
        if (sum != null) {
            sum.update(content.duplicate());
        }
        return content;
    }

    /** Passes over content; the bytes passed over, fewer than asked for only at the end of the input. */
    long skipContent(long length, @Nullable Checksum sum) throws IOException {
        long left = length;
        while (left > 0) {
            if (!piece.hasRemaining() && sum == null && pieces == null && left > BUFFER) {
                // A file may be skipped beyond its end: the last byte has to be read to know that it is there.
                long n = in.skip(left - 1);
                count(n);
                left -= n;
            }
            ByteBuffer skipped = content((int) Math.min(left, BUFFER), sum);
            if (skipped == null) {
                break;
            }
            left -= skipped.remaining();
        }
        return length - left;
    }

    /** Passes over bytes that the listener is shown; the bytes passed over, fewer than asked for only at the end of the input. */
    long skipRaw(long length) throws IOException {
        long left = length;
        while (left > 0 && (piece.hasRemaining() || fill())) {
            int n = (int) Math.min(left, piece.remaining());
            show(take(n));
            left -= n;
        }
        return length - left;
    }

    /** Reads bytes that the listener is shown too; the bytes read, fewer than asked for only at the end of the input. */
    int raw(byte[] target, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int n = content(target, offset + done, length - done, null);
            if (n < 0) {
                break;
            }
            if (listener != null) {
                listener.raw(target, offset + done, n);
            }
            done += n;
        }
        return done;
    }

    /** Counts bytes that are no bytes of the archive: holes of sparse files. */
    void count(long n) throws IOException {
        total += n;
        if (total > maxBytes || total < 0) {
            throw new TarException("archive is larger than " + maxBytes + " bytes");
        }
    }

    void close() throws IOException {
        in.close();
    }

    private ByteBuffer take(int length) {
        ByteBuffer taken = piece.slice(piece.position(), length);
        piece.position(piece.position() + length);
        return taken;
    }

    private void show(ByteBuffer raw) throws IOException {
        if (listener == null) {
            return;
        }
        if (raw.hasArray()) {
            listener.raw(raw.array(), raw.arrayOffset(), raw.remaining());
            return;
        }
        byte[] copied = new byte[raw.remaining()];
        raw.get(copied);
        listener.raw(copied, 0, copied.length);
    }

    /** Takes the next piece, when the one before is used up. */
    private boolean fill() throws IOException {
        ByteBuffer next;
        if (pieces != null) {
            next = pieces.piece();
        } else {
            if (buffer.length == 0) {
                buffer = new byte[BUFFER];
            }
            int n = in.read(buffer, 0, BUFFER);
            next = n <= 0 ? null : ByteBuffer.wrap(buffer, 0, n);
        }
        if (next == null) {
            return false;
        }
        count(next.remaining());
        piece = next;
        return true;
    }
}
