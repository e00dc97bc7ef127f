package cairn.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class GzipOutputTest {
    @Test
    void anotherProgramReadsIt() throws IOException {
        for (int length : new int[] {0, 1, GzipOutput.BLOCK - 1, GzipOutput.BLOCK, GzipOutput.BLOCK + 1, 5_000_000}) {
            byte[] plain = mixed(length);
            byte[] gzip = gzip(plain, 3, 100_000);
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
                assertThat(in.readAllBytes()).isEqualTo(plain);
            }
            assertThat(gzip.length).isLessThan(length / 10 * 8 + 1000);
        }
    }

    @Test
    void theBytesDependOnlyOnTheContent() throws IOException {
        byte[] plain = mixed(3_000_000);
        byte[] once = gzip(plain, 1, 1_000_000);
        assertThat(gzip(plain, 4, 777)).isEqualTo(once);
        assertThat(gzip(plain, 2, 65_536)).isEqualTo(once);
    }

    @Test
    void whatCannotBeCompressedFits() throws IOException {
        byte[] noise = new byte[3 * GzipOutput.BLOCK + 5];
        new Random(7).nextBytes(noise);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip(noise, 2, 100_000)))) {
            assertThat(in.readAllBytes()).isEqualTo(noise);
        }
    }

    @Test
    void aFailedWriteEndsTheStream() throws IOException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        boolean[] full = {false};
        boolean[] closed = {false};
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                if (full[0]) {
                    throw new IOException("full");
                }
                written.write(b);
            }

            @Override
            public void close() {
                closed[0] = true;
            }
        };
        GzipOutput gzip = new GzipOutput(out, LayerCodec.JDK, 1);
        full[0] = true;
        assertThatThrownBy(() -> gzip.write(new byte[10 * GzipOutput.BLOCK])).hasMessage("full");
        assertThatThrownBy(() -> gzip.write(1)).hasMessage("gzip stream is broken");
        gzip.close();
        assertThat(written.size()).isEqualTo(10);
        assertThat(closed[0]).isTrue();
    }

    private static byte[] gzip(byte[] plain, int threads, int step) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GzipOutput gzip = new GzipOutput(out, LayerCodec.JDK, threads)) {
            for (int at = 0; at < plain.length; at += step) {
                gzip.write(plain, at, Math.min(step, plain.length - at));
            }
        }
        return out.toByteArray();
    }

    private static byte[] mixed(int length) {
        Random random = new Random(length);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i % 3000 < 300 ? random.nextInt() : 'a' + random.nextInt(6));
        }
        return bytes;
    }
}
