package cairn.oci.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** A request's body as the codec wants it; knows which end of the copy has failed. */
final class SentBody extends AbstractHttpEntity {
    private final HttpRequest.Body body;
    private boolean connectionFailed;
    /** Since when the connection has been taking what it was given; 0 while it is not. */
    private volatile long writingSince;

    SentBody(HttpRequest.Body body) {
        super((String) null, null, body.length() < 0);
        this.body = body;
    }

    /** Whether a failure of {@link #writeTo} was the connection's, and not that of what was to be sent. */
    boolean connectionFailed() {
        return connectionFailed;
    }

    /**
     * Ends a connection to a server that has stopped to read: sockets have no time-out for writing.
     *
     * @return to be interrupted when all is sent
     */
    Thread watch(HttpConnection connection, Duration idle) {
        return Thread.ofVirtual().name("registry-watch").start(() -> {
            try {
                while (true) {
                    Thread.sleep(idle.dividedBy(4));
                    long since = writingSince;
                    if (since != 0 && System.nanoTime() - since > idle.toNanos()) {
                        connection.end();
                        return;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        body.writeTo(new FilterOutputStream(out) {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int size) throws IOException {
                writingSince = System.nanoTime() | 1;
                try {
                    out.write(bytes, offset, size);
                    writingSince = 0;
                } catch (IOException e) {
                    connectionFailed = true;
                    throw e;
                }
            }

            @Override
            public void close() {
                // The connection goes on.
            }
        });
    }

    @Override
    public InputStream getContent() {
        throw new UnsupportedOperationException("it is written");
    }

    @Override
    public boolean isStreaming() {
        return true;
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    @Override
    public long getContentLength() {
        return body.length();
    }

    @Override
    public void close() {
        // nothing is held
    }
}
