package cairn.cli.stream;

import cairn.wire.StreamFrame;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Copies a container's output to standard output and error, each piece flushed as it comes. */
public final class Output {
    private static final int CHUNK = 32 << 10;

    private Output() {}

    /** Reads to the end of the stream. */
    public static void copy(InputStream in, boolean multiplexed, PrintStream out, PrintStream err) throws IOException {
        if (multiplexed) {
            frames(in, out, err);
        } else {
            raw(in, out);
        }
    }

    private static void raw(InputStream in, PrintStream out) throws IOException {
        byte[] buffer = new byte[CHUNK];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
            out.flush();
        }
    }

    private static void frames(InputStream in, PrintStream out, PrintStream err) throws IOException {
        @Nullable StreamFrame frame = StreamFrame.read(in);
        while (frame != null) {
            byte[] payload = frame.payload();
            if (frame.kind() == StreamFrame.Kind.SYSTEM) {
                throw new IOException("error from daemon in stream: " + new String(payload, StandardCharsets.UTF_8));
            }
            boolean fault = frame.kind() == StreamFrame.Kind.STDERR;
            PrintStream to = fault ? err : out;
            if (fault) {
                // Both may be the same file or terminal: what came first is to stand first.
                out.flush();
            }
            to.write(payload, 0, payload.length);
            // One flush for a burst: more is already here, so nobody waits for this piece.
            if (fault || in.available() == 0) {
                to.flush();
            }
            frame = StreamFrame.read(in);
        }
        out.flush();
    }
}
