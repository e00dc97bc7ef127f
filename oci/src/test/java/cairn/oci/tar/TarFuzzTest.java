package cairn.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.hostile.Fuzzing;
import cairn.hostile.HostileLayers;
import cairn.hostile.Truncations;
import cairn.hostile.Volumes;
import cairn.oci.tar.TarSplits.Split;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Readers of the package with mutated input: they end, with what they declare and nothing else, and what they take they give again. */
class TarFuzzTest {
    private static final LayerCompression.Limits LIMITS = new LayerCompression.Limits(200, 1 << 20, 16 << 20);

    private static List<byte[]> tars() throws IOException {
        List<byte[]> seeds = new ArrayList<>(List.of(Truncations.whole()));
        for (var layer : HostileLayers.all("/canary")) {
            byte[] archive = layer.source().open().readAllBytes();
            if (archive.length < 8 << 10) {
                seeds.add(archive);
            }
        }
        return seeds;
    }

    @Test
    void tarIsTakenApartAndPutTogetherOrRefused() throws IOException {
        new Fuzzing(
                        "tar",
                        tars(),
                        "ustar\00000",
                        "ustar  \0",
                        "7777777",
                        "\0\0\0\0\0\0\0\0",
                        "../",
                        "/",
                        "path=",
                        "12 path=abc\n")
                .run(input -> {
                    roundTrip(Fuzzing.sealed(input));
                    roundTrip(input);
                });
    }

    private static void roundTrip(byte[] tar) throws IOException {
        Split split;
        try {
            split = TarSplits.split(tar);
        } catch (TarException e) {
            return;
        }
        assertThat(split.assembled()).isEqualTo(tar);
    }

    @Test
    void paxRecordsAreReadOrRefused() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (String text : List.of(
                "12 path=a/b\n",
                "16 linkpath=abc\n",
                "10 size=5\n",
                "15 mtime=-1.50\n14 uid=100000\n",
                "27 SCHILY.xattr.user.a=abc\n",
                "22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n27 GNU.sparse.realsize=99\n",
                "27 GNU.sparse.map=0,1,5,1\n22 GNU.sparse.size=10\n",
                "23 GNU.sparse.offset=1\n25 GNU.sparse.numbytes=1\n")) {
            seeds.add(text.getBytes(StandardCharsets.US_ASCII));
        }
        new Fuzzing("PAX records", seeds, "path", "GNU.sparse.", "SCHILY.xattr.", "=", "\n", "9 a=bcd\n").run(input -> {
            cairn.hostile.RawTar tar =
                    new cairn.hostile.RawTar().extended('x', input).file("f", "x\n".repeat(600));
            roundTrip(tar.end());
        });
    }

    @Test
    void tarSplitRecordIsReadOrRefused() throws IOException {
        Split split = TarSplits.split(Truncations.whole());
        byte[] lines = new GZIPInputStream(new ByteArrayInputStream(split.record())).readAllBytes();
        new Fuzzing(
                        "tar-split lines",
                        List.of(lines),
                        "\"type\":1",
                        "\"payload\":null",
                        "\"size\":",
                        "\\u0000",
                        "\"name_raw\":\"",
                        "{",
                        "}")
                .run(input -> assemble(gzip(input), split));
        new Fuzzing("tar-split records", List.of(split.record())).run(input -> assemble(input, split));
    }

    private static void assemble(byte[] record, Split split) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            long total = TarSplitReader.assemble(
                    new TarSplitReader.Source(new ByteArrayInputStream(record), LayerCodec.JDK),
                    name -> content(split, name),
                    out);
            assertThat(out.size()).isEqualTo((int) total);
            assertThat(TarSplitReader.length(
                            new TarSplitReader.Source(new ByteArrayInputStream(record), LayerCodec.JDK)))
                    .isEqualTo(total);
        } catch (TarException e) {
            // Refused.
        }
    }

    private static InputStream content(Split split, String name) throws IOException {
        byte[] content = split.files().get(name);
        if (content == null) {
            throw new TarException("no such file");
        }
        return new ByteArrayInputStream(content);
    }

    @Test
    void gzipAndZstdAreReadOrRefused() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (var layer : Volumes.all(false)) {
            try (InputStream in = layer.source().open()) {
                byte[] head = in.readNBytes(64 << 10);
                if (LayerCompression.detect(head, head.length) != LayerCompression.NONE && head.length < 40 << 10) {
                    seeds.add(head);
                }
            }
        }
        seeds.add(gzip("honest ".repeat(3000).getBytes(StandardCharsets.US_ASCII)));
        seeds.addAll(ZstdSeeds.frames());
        new Fuzzing("compressed streams", seeds, "\u001f", "\0\0\0").run(TarFuzzTest::decompress);
    }

    private static void decompress(byte[] input) throws IOException {
        byte[] buffer = new byte[32 << 10];
        try (InputStream in = LayerCompression.decompress(new ByteArrayInputStream(input), LIMITS)) {
            long total = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                total += n;
            }
            assertThat(total).isLessThanOrEqualTo(LIMITS.maxBytes());
        } catch (TarException e) {
            // Refused.
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
