package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.oci.Digest;
import cairn.oci.tar.PieceInput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandoverTest {
    private final Handover handover = new Handover();

    @Test
    void bytesComeInOrderByPiecesAndByCopies() throws Exception {
        byte[] sent = new byte[9_000_000];
        Random random = new Random(1);
        random.nextBytes(sent);
        MessageDigest digest = Digest.newSha256();
        Handover handover = new Handover(digest);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(handover, sent, new Random(2)));
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        try (InputStream in = handover.reader()) {
            byte[] copy = new byte[50_000];
            for (boolean more = true; more; ) {
                if (random.nextBoolean()) {
                    int n = in.read(copy, 0, random.nextInt(1, copy.length));
                    got.write(copy, 0, Math.max(n, 0));
                    more = n >= 0;
                } else {
                    ByteBuffer piece = ((PieceInput) in).piece();
                    byte[] bytes = new byte[piece == null ? 0 : piece.remaining()];
                    if (piece != null) {
                        piece.get(bytes);
                    }
                    got.write(bytes);
                    more = piece != null;
                }
            }
        }
        writing.get();
        assertThat(got.toByteArray()).isEqualTo(sent);
        assertThat(digest.digest()).isEqualTo(Digest.newSha256().digest(sent));
    }

    @Test
    void theWriterTakesTheDigestWhileTheReaderIsBehind() throws Exception {
        byte[] sent = new byte[20 * Handover.BLOCK];
        new Random(3).nextBytes(sent);
        CountDownLatch byWriter = new CountDownLatch(8);
        Thread reader = Thread.currentThread();
        MessageDigest digest = new Observed(() -> {
            if (Thread.currentThread() != reader) {
                byWriter.countDown();
            }
        });
        Handover handover = new Handover(digest);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(handover, sent, new Random(4)));
        assertThat(byWriter.await(30, TimeUnit.SECONDS)).isTrue();
        try (InputStream in = handover.reader()) {
            assertThat(in.readAllBytes()).isEqualTo(sent);
        }
        writing.get();
        assertThat(digest.digest()).isEqualTo(Digest.newSha256().digest(sent));
    }

    /** SHA-256, and somebody who is told of each update. */
    private static final class Observed extends MessageDigest {
        private final MessageDigest digest = Digest.newSha256();
        private final Runnable observer;

        Observed(Runnable observer) {
            super("SHA-256");
            this.observer = observer;
        }

        @Override
        protected void engineUpdate(byte input) {
            digest.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            digest.update(input, offset, length);
        }

        @Override
        protected void engineUpdate(ByteBuffer input) {
            observer.run();
            digest.update(input);
        }

        @Override
        protected byte[] engineDigest() {
            return digest.digest();
        }

        @Override
        protected void engineReset() {
            digest.reset();
        }
    }

    private static void write(Handover handover, byte[] bytes, Random random) {
        try (OutputStream out = handover.writer()) {
            for (int done = 0; done < bytes.length; ) {
                int n = Math.min(bytes.length - done, random.nextInt(1, random.nextBoolean() ? 100 : 600_000));
                out.write(bytes, done, n);
                done += n;
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            handover.end(null);
        }
    }

    @Test
    void aReaderThatHasGoneEndsTheWriterAndFreesTheMemory() throws Exception {
        ByteBuffer block = handover.block();
        handover.put(block.put((byte) 7).flip());
        InputStream in = handover.reader();
        assertThat(in.read()).isEqualTo(7);
        in.close();
        assertThat(handover.block()).isNull();
        assertThat(block.get(0)).as("while the writer may still have it").isEqualTo((byte) 7);
        handover.end(null);
        assertThatThrownBy(() -> block.get(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aStreamThatFailsInAnyWayIsNotAtItsEnd() throws IOException {
        InputStream broken = new InputStream() {
            @Override
            public int read() {
                throw new IllegalStateException("broken");
            }
        };
        try (InputStream in = ReadAhead.of(broken)) {
            assertThatThrownBy(in::read).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aFailureComesAfterWhatWasWrittenBefore() throws Exception {
        handover.put(handover.block().put((byte) 7).flip());
        handover.end(new IOException("broken"));
        try (InputStream in = handover.reader()) {
            assertThat(in.read()).isEqualTo(7);
            assertThatThrownBy(in::read).hasMessage("broken");
        }
    }
}
