package cairn.oci.tar;

import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Honest zstd frames with all kinds of blocks. */
final class ZstdSeeds {
    private ZstdSeeds() {}

    static List<byte[]> frames() {
        byte[] noise = new byte[3000];
        new Random(3).nextBytes(noise);
        StringBuilder words = new StringBuilder();
        Random random = new Random(4);
        while (words.length() < 20_000) {
            words.append("alpha beta gamma delta epsilon".split(" ")[random.nextInt(5)])
                    .append(random.nextInt(50));
        }
        return List.of(
                frame(new byte[10_000]),
                frame(noise),
                frame(words.toString().getBytes(StandardCharsets.US_ASCII)),
                frame(new byte[0]));
    }

    private static byte[] frame(byte[] plain) {
        ZstdJavaCompressor compressor = new ZstdJavaCompressor();
        byte[] target = new byte[compressor.maxCompressedLength(plain.length)];
        int length = compressor.compress(plain, 0, plain.length, target, 0, target.length);
        return Arrays.copyOf(target, length);
    }
}
