package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.hostile.Fuzzing;
import cairn.hostile.Truncations;
import cairn.oci.tar.LayerCompression;
import cairn.oci.tar.TarException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The decompressor of this machine, native where there is one, with mutated gzip: it ends as the JDK's does. */
class CompressionFuzzTest {
    @Test
    void gzipIsReadOrRefusedAsByTheJdk() throws IOException {
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        byte[] once = gzip(Truncations.whole());
        twice.writeBytes(once);
        twice.writeBytes(gzip("x".repeat(5000).getBytes()));
        new Fuzzing(
                        "native gzip",
                        List.of(once, twice.toByteArray(), gzip(new byte[0]), gzip(new byte[100_000])),
                        "\u001f",
                        "\0\0\0")
                .run(input -> {
                    byte[] jdk = plain(() -> LayerCompression.decompress(new ByteArrayInputStream(input)));
                    assertThat(plain(() -> Compression.decompress(new ByteArrayInputStream(input))))
                            .isEqualTo(jdk);
                });
    }

    private interface Opened {
        InputStream open() throws IOException;
    }

    private static byte @Nullable [] plain(Opened stream) throws IOException {
        try (InputStream in = stream.open()) {
            return in.readAllBytes();
        } catch (TarException e) {
            return null;
        }
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }
}
