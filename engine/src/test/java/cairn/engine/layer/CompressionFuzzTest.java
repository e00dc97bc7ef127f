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

/**
 * The decompressor of this machine, native where there is one, with mutated gzip: it ends as the JDK's does, but that igzip does not mind
 * incomplete sets of codes as long as none that is missing is used. Which bytes a layer has, its digest decides.
 */
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
                    Outcome jdk = plain(() -> LayerCompression.decompress(new ByteArrayInputStream(input)));
                    Outcome fast = plain(() -> Compression.decompress(new ByteArrayInputStream(input)));
                    if (jdk.content() == null && fast.content() != null) {
                        assertThat(jdk.why()).containsPattern("invalid (distances|literal/lengths|code lengths) set");
                    } else {
                        assertThat(fast.content()).isEqualTo(jdk.content());
                    }
                });
    }

    private interface Opened {
        InputStream open() throws IOException;
    }

    /** @param content null where it was refused */
    private record Outcome(byte @Nullable [] content, String why) {}

    private static Outcome plain(Opened stream) throws IOException {
        try (InputStream in = stream.open()) {
            return new Outcome(in.readAllBytes(), "");
        } catch (TarException e) {
            return new Outcome(null, String.valueOf(e.getMessage()));
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
