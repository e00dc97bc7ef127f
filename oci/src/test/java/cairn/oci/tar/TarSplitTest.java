package cairn.oci.tar;

import static cairn.oci.tar.Tars.ascii;
import static cairn.oci.tar.Tars.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class TarSplitTest {

    @Test
    void anyArchiveIsMadeAgainByteForByte() throws IOException {
        for (long seed = 0; seed < 400; seed++) {
            byte[] tar = randomTar(new Random(seed));
            assertThat(TarSplits.reassembled(tar)).as("seed %d", seed).isEqualTo(tar);
        }
    }

    @Test
    void linesAreThoseOfTarSplit() throws IOException {
        byte[] directory = header("etc/", '5', 0);
        byte[] file = header("etc/a<b>&\"\\é".replace("é", "\u00c3\u00a9"), '0', 9);
        byte[] tar = new Tars().add(directory).add(file).content("123456789").end();
        Base64.Encoder base64 = Base64.getEncoder();
        assertThat(TarSplits.split(tar).lines())
                .containsExactly(
                        "{\"type\":2,\"payload\":\"" + base64.encodeToString(directory) + "\",\"position\":0}",
                        "{\"type\":1,\"name\":\"etc/\",\"payload\":null,\"position\":1}",
                        "{\"type\":2,\"payload\":\"" + base64.encodeToString(file) + "\",\"position\":2}",
                        "{\"type\":1,\"name\":\"etc/a\\u003cb\\u003e\\u0026\\\"\\\\é\",\"size\":9,\"payload\":\"uQlWx3WkEAE=\",\"position\":3}",
                        "{\"type\":2,\"payload\":\"" + base64.encodeToString(new byte[503 + 1024])
                                + "\",\"position\":4}");
    }

    @Test
    void namesThatAreNotUtf8AreRecordedRaw() throws IOException {
        byte[] tar = new Tars().file("caf\u00e9", "x").end();
        TarSplits.Split split = TarSplits.split(tar);
        assertThat(split.lines().get(1)).contains("\"name_raw\":\"Y2Fm6Q==\"").doesNotContain("\"name\"");
        assertThat(split.assembled()).isEqualTo(tar);
    }

    @Test
    void longRunsOfRawBytesAreCutIntoLinesOfAMebibyte() throws IOException {
        byte[] tar = new Tars()
                .file("a", "x")
                .add(new byte[1024])
                .add(new byte[5 << 20])
                .cut();
        TarSplits.Split split = TarSplits.split(tar);
        assertThat(split.lines()).allMatch(line -> line.length() < 1_500_000);
        assertThat(split.assembled()).isEqualTo(tar);
    }

    @Test
    void contentOfUnknownTypesIsKeptInTheRecord() throws IOException {
        byte[] tar = new Tars()
                .add(header("volume", 'V', 700))
                .content("v".repeat(700))
                .file("a", "x")
                .end();
        TarSplits.Split split = TarSplits.split(tar);
        assertThat(split.files()).containsOnlyKeys("a");
        assertThat(split.assembled()).isEqualTo(tar);
    }

    @Test
    void samePathTwiceIsRefused() {
        byte[] tar = new Tars().file("a/b", "x").file("./a//c/../b", "y").end();
        assertThatThrownBy(() -> TarSplits.split(tar))
                .isInstanceOf(TarException.class)
                .hasMessage("tar entry \"./a//c/../b\": duplicates of file paths not supported");
    }

    @Test
    void changedFilesAreNoticed() throws IOException {
        byte[] tar = new Tars().file("a", "content").end();
        byte[] record = TarSplits.split(tar).record();
        for (String changed : new String[] {"contenT", "conten", "content+", ""}) {
            assertThatThrownBy(() -> new TarSplits.Split(record, Map.of("a", ascii(changed))).assembled())
                    .isInstanceOf(TarException.class)
                    .hasMessage("file integrity checksum failed for \"a\"");
        }
    }

    @Test
    void whatOlderDockerWritesIsRead() throws IOException {
        // An empty last segment, and members in another order.
        byte[] record = gzip("{\"type\":2,\"payload\":\"YWI=\",\"position\":0}\n"
                + "{\"position\":1,\"payload\":\"uQlWx3WkEAE=\",\"size\":9,\"name\":\"f\",\"type\":1}\n"
                + "{\"type\":1,\"name\":\"empty\",\"payload\":null,\"position\":2}\n"
                + "{\"type\":2,\"payload\":\"\",\"position\":3}\n");
        assertThat(new TarSplits.Split(record, Map.of("f", ascii("123456789"))).assembled())
                .isEqualTo(ascii("ab123456789"));
    }

    @Test
    void brokenRecordsAreRefused() throws IOException {
        for (String line : new String[] {
            "nonsense",
            "{",
            "[]",
            "{\"type\":3,\"payload\":\"\"}",
            "{\"type\":2,\"payload\":\"*\"}",
            "{\"type\":1,\"size\":-1}",
            "{\"type\":1,\"size\":5,\"payload\":\"AAA=\"}",
            "{\"type\":1,\"size\":5,\"payload\":null}",
            "{\"type\":\"x\"}"
        }) {
            assertThatThrownBy(() -> new TarSplits.Split(gzip(line + "\n"), Map.of()).assembled())
                    .as(line)
                    .isInstanceOf(TarException.class);
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    /** Odd padding, any number of end blocks, trailing bytes, all dialects. */
    private static byte[] randomTar(Random random) {
        Tars tar = new Tars();
        int entries = random.nextInt(12);
        for (int i = 0; i < entries; i++) {
            byte[] content = new byte[random.nextInt(3) == 0 ? random.nextInt(200_000) : random.nextInt(1200)];
            random.nextBytes(content);
            switch (random.nextInt(6)) {
                case 0 -> tar.add(header("d" + i + "/", '5', random.nextInt(1000)));
                case 1 -> tar.pax('g', "comment", "c".repeat(random.nextInt(700)));
                case 2 ->
                    tar.pax(
                            'x',
                            "path",
                            "long/".repeat(1 + random.nextInt(100)) + i,
                            "SCHILY.xattr.user.x",
                            "\0\u00ff\n");
                default -> {}
            }
            tar.add(header("f" + i, random.nextInt(9) == 0 ? 'Z' : '0', content.length))
                    .add(content);
            byte[] padding = new byte[-content.length & 511];
            random.nextBytes(padding);
            boolean last = i == entries - 1;
            if (last && random.nextBoolean()) {
                return tar.add(java.util.Arrays.copyOf(padding, random.nextInt(padding.length + 1)))
                        .cut();
            }
            tar.add(padding);
        }
        byte[] trailing = new byte[random.nextInt(4) == 0 ? random.nextInt(100_000) : 0];
        random.nextBytes(trailing);
        return switch (random.nextInt(3)) {
            case 0 -> tar.cut();
            case 1 -> tar.add(new byte[512]).cut();
            default -> tar.add(new byte[1024]).add(trailing).cut();
        };
    }

    @Test
    void recordIsReadBackFromTheStreamAlone() throws IOException {
        byte[] tar = new Tars().add(header("d/", '5', 0)).end();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TarSplitReader.assemble(
                new TarSplitReader.Source(
                        new ByteArrayInputStream(TarSplits.split(tar).record()), LayerCodec.JDK),
                name -> {
                    throw new AssertionError("asked for " + name);
                },
                out);
        assertThat(out.toByteArray()).isEqualTo(tar);
    }
}
