package cairn.engine.layer;

import cairn.oci.tar.DirectInput;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a stream on a thread of its own, so that what comes from a socket comes while what came before is being written to files. Closing
 * it waits for that thread, which gives up after the block that it is at; the stream itself stays open.
 */
final class ReadAhead extends FilterInputStream {
    private final Thread thread;

    private ReadAhead(InputStream reader, Thread thread) {
        super(reader);
        this.thread = thread;
    }

    static ReadAhead of(InputStream in) {
        Handover handover = new Handover();
        Thread thread = Thread.ofPlatform().name("cairn-read-ahead").daemon().start(() -> {
            try {
                handover.feed(DirectInput.of(in));
            } catch (IOException e) {
                // The reader meets it.
            }
        });
        return new ReadAhead(handover.reader(), thread);
    }

    @Override
    public void close() throws IOException {
        super.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
