package cairn.engine.distribution;

import cairn.oci.Descriptor;
import cairn.oci.registry.BlobStream;
import cairn.oci.registry.RegistryException;
import cairn.oci.registry.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A blob as one stream that does not break: first what an earlier attempt has left, then the rest from the registry, going on in the middle
 * when a connection ends there. All that comes from the registry is kept in the partial file. At its end stands the digest: a reader who got
 * as far as -1 has the right bytes.
 */
final class BlobDownload extends InputStream {
    /** After so much the registry has shown good will, and the count of attempts begins anew. */
    private static final long GOOD_WILL = 1 << 20;

    private static final int MAX_PAUSE_SECONDS = 15;

    private final Repository repository;
    private final Descriptor blob;
    private final PartialBlobs.Partial partial;
    private final Listener listener;
    private final int attempts;
    private final MessageDigest digest;
    private final long kept;
    private final Object pausing = new Object();

    private @Nullable InputStream keptBytes;
    private volatile @Nullable BlobStream remote;
    private volatile boolean closed;
    private long position;
    private long resumedAt;
    private int failures;
    private boolean verified;

    /** Is told how the download goes, from the reader's thread. */
    interface Listener {
        void at(long position, long total);

        void retrying(int seconds);

        void complete();
    }

    /** The bytes are not those that were asked for. */
    static final class MismatchException extends IOException {
        private static final long serialVersionUID = 1;

        MismatchException(String message) {
            super(message);
        }
    }

    BlobDownload(
            Repository repository, Descriptor blob, PartialBlobs.Partial partial, Listener listener, int attempts) {
        this.repository = repository;
        this.blob = blob;
        this.partial = partial;
        this.listener = listener;
        this.attempts = attempts;
        this.digest = blob.digest().newComputation();
        this.kept = partial.length(blob.size());
    }

    /** Whether anything was there before: then bytes that turn out wrong may be the file's fault. */
    boolean resumed() {
        return kept > 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (closed) {
            throw new IOException("given up");
        }
        if (position == blob.size()) {
            verify();
            return -1;
        }
        int most = (int) Math.min(length, blob.size() - position);
        int n = position < kept ? fromFile(bytes, offset, most) : fromRegistry(bytes, offset, most);
        digest.update(bytes, offset, n);
        position += n;
        listener.at(position, blob.size());
        return n;
    }

    private int fromFile(byte[] bytes, int offset, int length) throws IOException {
        if (keptBytes == null) {
            keptBytes = partial.read();
        }
        int n = keptBytes.read(bytes, offset, (int) Math.min(length, kept - position));
        if (n <= 0) {
            throw new MismatchException("the partial file of " + blob.digest() + " has become shorter");
        }
        return n;
    }

    private int fromRegistry(byte[] bytes, int offset, int length) throws IOException {
        while (true) {
            try {
                int n = open().in().read(bytes, offset, length);
                if (n > 0) {
                    partial.append(bytes, offset, n);
                    return n;
                }
                throw new RegistryException(
                        RegistryException.Kind.UNAVAILABLE, "unexpected end of blob " + blob.digest());
            } catch (IOException e) {
                closeRemote();
                if (closed) {
                    throw new IOException("given up", e);
                }
                countFailure(e);
            }
        }
    }

    private BlobStream open() throws IOException {
        BlobStream stream = remote;
        if (stream == null) {
            stream = repository.blob(blob.digest(), blob.size(), position);
            remote = stream;
            if (closed) {
                // Closed between the question and the answer: nobody else closes this one.
                closeRemote();
                throw new IOException("given up");
            }
            if (stream.offset() > position) {
                throw new RegistryException(
                        RegistryException.Kind.INVALID,
                        "registry sent bytes from " + stream.offset() + " on instead of " + position);
            }
            // A registry that knows no ranges begins at 0.
            stream.in().skipNBytes(position - stream.offset());
        }
        return stream;
    }

    private void countFailure(IOException e) throws IOException {
        if (e instanceof RegistryException fault && fault.kind() != RegistryException.Kind.UNAVAILABLE) {
            throw e;
        }
        if (position - resumedAt >= GOOD_WILL) {
            failures = 0;
        }
        resumedAt = position;
        if (++failures >= attempts) {
            throw e;
        }
        pause(Math.min(MAX_PAUSE_SECONDS, (1 << failures) - 1));
    }

    /** As Docker it counts down aloud. */
    private void pause(int seconds) throws IOException {
        for (int left = seconds; left > 0 && !closed; left--) {
            listener.retrying(left);
            synchronized (pausing) {
                try {
                    if (!closed) {
                        pausing.wait(1000);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", e);
                }
            }
        }
    }

    /** Reads what the reader of the plain bytes had no use for, up to the verified end. */
    void drain() throws IOException {
        byte[] scratch = new byte[8192];
        while (read(scratch, 0, scratch.length) >= 0) {
            // All of it counts for the digest.
        }
    }

    private void verify() throws MismatchException {
        if (verified) {
            return;
        }
        if (!blob.digest().matches(digest)) {
            throw new MismatchException("filesystem layer verification failed for digest " + blob.digest());
        }
        verified = true;
        listener.complete();
    }

    private void closeRemote() throws IOException {
        BlobStream stream = remote;
        remote = null;
        if (stream != null) {
            stream.close();
        }
    }

    /** May be called by another thread, to end a read. */
    @Override
    public void close() throws IOException {
        closed = true;
        synchronized (pausing) {
            pausing.notifyAll();
        }
        closeRemote();
        InputStream file = keptBytes;
        if (file != null) {
            file.close();
        }
    }
}
