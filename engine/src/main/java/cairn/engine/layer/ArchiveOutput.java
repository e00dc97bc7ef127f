package cairn.engine.layer;

import cairn.linux.FileInput;
import cairn.wire.http.FileReceiver;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/** An archive on its way to a client: small pieces are collected, large files go to the socket without passing through this program. */
final class ArchiveOutput extends OutputStream {
    /** Below, a copy is cheaper than a channel. */
    static final long WORTH_IT = 128 << 10;

    private static final int COLLECTED = 256 << 10;

    private final OutputStream out;
    private final BufferedOutputStream collected;

    ArchiveOutput(OutputStream out) {
        this.out = out;
        this.collected = new BufferedOutputStream(out, COLLECTED);
    }

    /** So many bytes of a file from its start; zeros where it has become shorter. */
    void transfer(FileInput file, long size) throws IOException {
        collected.flush();
        if (out instanceof FileReceiver receiver) {
            try (FileChannel channel = file.channel()) {
                receiver.transfer(channel, size);
            }
            return;
        }
        byte[] buffer = new byte[COLLECTED];
        for (long left = size; left > 0; ) {
            int length = (int) Math.min(left, buffer.length);
            int n = file.read(buffer, 0, length);
            if (n < 0) {
                Arrays.fill(buffer, 0, length, (byte) 0);
                n = length;
            }
            out.write(buffer, 0, n);
            left -= n;
        }
    }

    @Override
    public void write(int b) throws IOException {
        collected.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        collected.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
        collected.flush();
    }
}
