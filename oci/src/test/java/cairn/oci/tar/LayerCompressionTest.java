package cairn.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airlift.compress.v3.zstd.ZstdJavaOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class LayerCompressionTest {
    private static final LayerCompression.Limits LIMITS = new LayerCompression.Limits(200, 1 << 18, 2 << 20);

    @Test
    void everyCompressionIsDetectedAndUndone() throws IOException {
        byte[] plain = text(700_000);
        assertThat(plain(plain)).isEqualTo(plain);
        assertThat(plain(gzip(plain))).isEqualTo(plain);
        assertThat(plain(zstd(plain))).isEqualTo(plain);
        assertThat(LayerCompression.detect(gzip(plain), 4)).isEqualTo(LayerCompression.GZIP);
        assertThat(LayerCompression.detect(zstd(plain), 4)).isEqualTo(LayerCompression.ZSTD);
        assertThat(LayerCompression.detect(plain, 4)).isEqualTo(LayerCompression.NONE);
        assertThat(plain(new byte[0])).isEmpty();
        assertThat(plain(new byte[] {0x1f, (byte) 0x8b})).hasSize(2);
    }

    @Test
    void membersAndFramesFollowOneAnother() throws IOException {
        byte[] a = text(100_000);
        byte[] b = text(50);
        byte[] both = concat(a, b);
        assertThat(plain(concat(gzip(a), gzip(new byte[0]), gzip(b), new byte[700])))
                .isEqualTo(both);
        assertThat(plain(concat(zstd(a), zstd(b)))).isEqualTo(both);
        byte[] skippable = {0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9};
        assertThat(plain(concat(skippable, zstd(a), skippable, zstd(b), skippable)))
                .isEqualTo(both);
    }

    @Test
    void gzipHeaderMayHaveEveryField() throws IOException {
        // Made by hand after RFC 1952: extra field, name, comment and header checksum, then the empty deflate block.
        byte[] gzip = concat(
                new byte[] {0x1f, (byte) 0x8b, 8, 30, 0, 0, 0, 0, 0, 3, 4, 0, 'a', 'b', 0, 0},
                new byte[] {'n', 0, 'c', 0, 0x12, 0x34, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        assertThat(plain(gzip)).isEmpty();
    }

    /** Made by the zstd program with its own settings. */
    @Test
    void framesOfTheZstdProgramAreRead() throws IOException {
        byte[] frame = Base64.getDecoder().decode("KLUv/QRobQAAOGNhaXJuIAoBALlLEbN0l14=");
        assertThat(plain(frame)).isEqualTo("cairn cairn cairn cairn cairn cairn\n".getBytes());
    }

    @Test
    void zerosThatGrowBeyondTheRatioAreRefused() throws IOException {
        byte[] zeros = new byte[1 << 20];
        assertThatThrownBy(() -> plain(gzip(zeros)))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("more than 200 times its size");
        assertThatThrownBy(() -> plain(zstd(zeros)))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("more than 200 times its size");
        assertThat(plain(gzip(new byte[1 << 18]))).hasSize(1 << 18);
    }

    @Test
    void plainBytesAreCapped() {
        assertThatThrownBy(() -> plain(gzip(text(2_100_000))))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("larger than 2097152 bytes");
        assertThatThrownBy(() -> plain(text(2_100_000)))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("larger than 2097152 bytes");
    }

    @Test
    void streamsThatFollowOneAnotherAreOne() throws IOException {
        byte[] plain = text(20_000);
        for (byte[] stream : new byte[][] {gzip(plain), bzip2(plain), xz(plain), zstd(plain)}) {
            assertThat(plain(stream)).isEqualTo(plain);
            assertThat(plain(concat(stream, stream))).isEqualTo(concat(plain, plain));
        }
    }

    @Test
    void brokenDataIsNamedByItsFormat() {
        assertThatThrownBy(() -> plain(new byte[] {'B', 'Z', 'h', '9', 0}))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("broken bzip2 data");
        assertThatThrownBy(() -> plain(new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0}))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("broken xz data");
    }

    private static byte[] bzip2(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream compressed = new BZip2CompressorOutputStream(out)) {
            compressed.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] xz(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream compressed = new XZOutputStream(out, new LZMA2Options())) {
            compressed.write(plain);
        }
        return out.toByteArray();
    }

    @Test
    void cutOrChangedDataNeverFailInAnyOtherWay() throws IOException {
        byte[] plain = text(20_000);
        for (byte[] whole :
                new byte[][] {gzip(plain), bzip2(plain), xz(plain), zstd(plain), concat(gzip(plain), gzip(plain))}) {
            int refused = 0;
            for (int seed = 0; seed < 300; seed++) {
                Random random = new Random(seed);
                byte[] broken =
                        seed % 3 == 0 ? Arrays.copyOf(whole, 4 + random.nextInt(whole.length - 4)) : whole.clone();
                if (seed % 3 != 0) {
                    broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
                }
                try {
                    plain(broken);
                } catch (IOException e) {
                    refused++;
                }
            }
            assertThat(refused).isGreaterThan(200);
        }
    }

    @Test
    void everyCutOfGzipIsNoticed() throws IOException {
        byte[] whole = gzip(text(2000));
        for (int length = 4; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> plain(cut))
                    .as("%d of %d", length, whole.length)
                    .isInstanceOf(TarException.class);
        }
    }

    private static byte[] plain(byte[] bytes) throws IOException {
        try (InputStream in = LayerCompression.decompress(new ByteArrayInputStream(bytes), LIMITS)) {
            return in.readAllBytes();
        }
    }

    private static byte[] text(int length) {
        byte[] text = new byte[length];
        Random random = new Random(length);
        for (int i = 0; i < length; i++) {
            text[i] = (byte) ("abcdefgh".charAt(random.nextInt(8)) - (i % 97 == 0 ? 32 : 0));
        }
        return text;
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] zstd(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zstd = new ZstdJavaOutputStream(out)) {
            zstd.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
