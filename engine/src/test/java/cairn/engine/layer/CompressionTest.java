package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.oci.tar.LayerCodec;
import cairn.oci.tar.LayerCompression;
import cairn.oci.tar.TarException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Checksum;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** With whatever codec this machine has; the JDK's is the oracle. */
class CompressionTest {
    @Test
    void gzipComesBackAndOthersReadIt() throws IOException {
        for (int length : new int[] {0, 1, 300_000, 3_000_000}) {
            byte[] plain = content(new Random(length), length);
            byte[] gzip = gzip(plain);
            assertThat(gzip(plain)).isEqualTo(gzip);
            assertThat(plain(gzip)).isEqualTo(plain);
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
                assertThat(in.readAllBytes()).isEqualTo(plain);
            }
        }
    }

    @Test
    void checksumsAreThoseOfTheJdksCodec() {
        Checksum ours = Compression.codec().crc64();
        Checksum expected = LayerCodec.JDK.crc64();
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] bytes = content(random, 10 + random.nextInt(seed % 20 == 0 ? 300_000 : 500));
            int from = random.nextInt(7);
            int cut = from + random.nextInt(bytes.length - from);
            for (Checksum checksum : new Checksum[] {ours, expected}) {
                checksum.reset();
                checksum.update(bytes, from, cut - from);
                checksum.update(bytes[cut]);
                checksum.update(bytes, cut + 1, bytes.length - cut - 1);
            }
            assertThat(ours.getValue()).as("seed %d", seed).isEqualTo(expected.getValue());
        }
    }

    @Test
    void membersFollowOneAnotherHoweverTheInputIsCut() throws IOException {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            ByteArrayOutputStream plain = new ByteArrayOutputStream();
            ByteArrayOutputStream gzip = new ByteArrayOutputStream();
            int members = random.nextInt(1, 6);
            for (int i = 0; i < members; i++) {
                byte[] part = content(random, random.nextInt(seed % 10 == 0 ? 500_000 : 3000));
                plain.writeBytes(part);
                try (OutputStream member = new GZIPOutputStream(new Unclosed(gzip))) {
                    member.write(part);
                }
            }
            gzip.writeBytes(new byte[random.nextInt(3) * random.nextInt(600)]);
            int step = seed % 2 == 0 ? 1 + random.nextInt(7) : 100_000;
            try (InputStream in = Compression.decompress(new Slow(gzip.toByteArray(), step))) {
                assertThat(in.readAllBytes()).as("seed %d", seed).isEqualTo(plain.toByteArray());
            }
        }
    }

    @Test
    void everyCutIsNoticedAndGarbageBehindTheEndToo() throws IOException {
        byte[] plain = content(new Random(3), 3000);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(whole)) {
            out.write(plain);
        }
        byte[] gzip = whole.toByteArray();
        for (int length = 4; length < gzip.length; length++) {
            byte[] cut = Arrays.copyOf(gzip, length);
            assertThatThrownBy(() -> plain(cut))
                    .as("%d of %d", length, gzip.length)
                    .isInstanceOf(TarException.class);
        }
        byte[] more = Arrays.copyOf(gzip, gzip.length + 20);
        more[gzip.length + 3] = 7;
        assertThatThrownBy(() -> plain(more)).hasMessage("broken gzip header");
        gzip[gzip.length - 6] ^= 1;
        assertThatThrownBy(() -> plain(gzip)).hasMessage("gzip data has a wrong checksum");
    }

    @Test
    void changedDataGivesTheSameBytesOrIsRefused() throws IOException {
        byte[] plain = content(new Random(4), 20_000);
        byte[] gzip = gzip(plain);
        int refused = 0;
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            byte[] broken = gzip.clone();
            broken[10 + random.nextInt(broken.length - 10)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(plain(broken)).isEqualTo(plain);
            } catch (TarException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(400);
    }

    @Test
    void limitsHold() throws IOException {
        byte[] zeros = gzip(new byte[30 << 20]);
        assertThatThrownBy(() -> plain(zeros))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("more than 200 times its size");
        byte[] long_ = gzip(content(new Random(1), 200_000));
        assertThatThrownBy(() -> LayerCompression.decompress(
                                new ByteArrayInputStream(long_),
                                new LayerCompression.Limits(200, 1 << 20, 100_000),
                                LayerCodec.JDK)
                        .readAllBytes())
                .hasMessageContaining("larger than 100000 bytes");
    }

    private static byte[] plain(byte[] bytes) throws IOException {
        try (InputStream in = Compression.decompress(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        }
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = Compression.gzip(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] content(Random random, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i > 500 && i % 900 > 300 ? bytes[i - 500] : 'a' + random.nextInt(20));
        }
        return bytes;
    }

    private static final class Unclosed extends OutputStream {
        private final OutputStream out;

        Unclosed(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }
    }

    /** Gives a few bytes at a time. */
    private static final class Slow extends InputStream {
        private final ByteArrayInputStream in;
        private final int step;

        Slow(byte[] bytes, int step) {
            this.in = new ByteArrayInputStream(bytes);
            this.step = step;
        }

        @Override
        public int read() {
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            return in.read(bytes, offset, Math.min(length, step));
        }
    }
}
