package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The oracle is the JDK's zlib. */
class IsalTest {
    /** Plain bytes, and what comes after the stream's end. */
    private record Decoded(byte[] plain, int remaining) {}

    @Test
    void theLibraryIsInstalledWhereTheseTestsRun() {
        assertThat(Isal.available()).isTrue();
    }

    @Test
    void everyStreamComesOutAsZlibHasIt() throws DataFormatException {
        IsalInflater inflater = inflater();
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] plain = content(random);
            byte[] raw = deflate(plain, random.nextInt(10), random.nextInt(3));
            byte[] trailing = new byte[random.nextInt(20)];
            random.nextBytes(trailing);
            byte[] whole = Arrays.copyOf(raw, raw.length + trailing.length);
            System.arraycopy(trailing, 0, whole, raw.length, trailing.length);
            inflater.reset();
            Decoded decoded = decode(inflater, whole, random);
            assertThat(decoded.plain).as("seed %d", seed).isEqualTo(plain);
            assertThat(decoded.remaining).as("seed %d", seed).isEqualTo(trailing.length);
        }
    }

    @Test
    void brokenStreamsAreRefusedOrComeOutAsZlibHasThem() {
        int refused = 0;
        int taken = 0;
        IsalInflater inflater = inflater();
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            byte[] raw = seed % 5 == 4
                    ? noise(random)
                    : deflate(content(random, 4000), random.nextInt(10), random.nextInt(3));
            int changes = random.nextInt(1, 4);
            for (int i = 0; i < changes; i++) {
                raw[random.nextInt(raw.length)] ^= (byte) (1 << random.nextInt(8));
            }
            byte[] cut = random.nextInt(4) == 0 ? Arrays.copyOf(raw, random.nextInt(raw.length)) : raw;
            inflater.reset();
            Decoded ours = attempt(() -> decode(inflater, cut, random));
            Decoded zlib = attempt(() -> zlib(cut));
            if (zlib == null) {
                // libisal takes some incomplete sets of codes that zlib refuses; digests decide what is taken for a
                // layer.
                refused++;
                taken += ours == null ? 0 : 1;
            } else {
                assertThat(ours).as("seed %d", seed).isNotNull();
                assertThat(ours.plain).as("seed %d", seed).isEqualTo(zlib.plain);
                assertThat(ours.remaining).as("seed %d", seed).isEqualTo(zlib.remaining);
            }
        }
        assertThat(refused).isGreaterThan(1000);
        assertThat(taken).isLessThan(20);
    }

    @Test
    void blocksAreReadByZlibAndStandAlone() throws DataFormatException {
        int block = 100_000;
        int room = block + block / 16 + 1024;
        try (IsalDeflater deflater = deflater(block, room)) {
            for (int seed = 0; seed < 100; seed++) {
                Random random = new Random(seed);
                ByteArrayOutputStream plain = new ByteArrayOutputStream();
                ByteArrayOutputStream raw = new ByteArrayOutputStream();
                byte[] target = new byte[room];
                int count = random.nextInt(1, 5);
                for (int i = 0; i < count; i++) {
                    byte[] part = seed % 7 == 0 ? noise(random) : content(random, block);
                    int n = deflater.deflate(part, part.length, i == count - 1, target);
                    byte[] once = Arrays.copyOf(target, n);
                    assertThat(deflater.deflate(part, part.length, i == count - 1, target))
                            .isEqualTo(n);
                    assertThat(Arrays.copyOf(target, n)).isEqualTo(once);
                    raw.write(once, 0, n);
                    plain.write(part, 0, part.length);
                }
                Decoded decoded = zlib(raw.toByteArray());
                assertThat(decoded.plain).as("seed %d", seed).isEqualTo(plain.toByteArray());
                assertThat(decoded.remaining).isZero();
            }
        }
    }

    @Test
    void aBlockThatDoesNotFitIsRefused() {
        byte[] noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        try (IsalDeflater deflater = deflater(10_000, 5000)) {
            assertThatThrownBy(() -> deflater.deflate(noise, noise.length, true, new byte[5000]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static IsalInflater inflater() {
        IsalInflater inflater = IsalInflater.open();
        assertThat(inflater).isNotNull();
        return inflater;
    }

    private static IsalDeflater deflater(int block, int room) {
        IsalDeflater deflater = IsalDeflater.open(block, room);
        assertThat(deflater).isNotNull();
        return deflater;
    }

    private interface Attempt {
        Decoded run() throws DataFormatException;
    }

    /** Null if it is refused. */
    private static @Nullable Decoded attempt(Attempt attempt) {
        try {
            return attempt.run();
        } catch (DataFormatException e) {
            return null;
        }
    }

    /** In pieces of random sizes, both ways. */
    private static Decoded decode(IsalInflater inflater, byte[] raw, Random random) throws DataFormatException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        int given = 0;
        boolean small = random.nextBoolean();
        int room = small ? random.nextInt(1, 50) : 300_000;
        ByteBuffer target = random.nextBoolean() ? ByteBuffer.allocateDirect(room) : ByteBuffer.allocate(room);
        byte[] decoded = new byte[room];
        inflater.input(raw, 0, 0);
        while (true) {
            int n = inflater.inflate(target.clear());
            target.flip().get(decoded, 0, n);
            plain.write(decoded, 0, n);
            if (n > 0) {
                continue;
            }
            if (inflater.finished()) {
                return new Decoded(plain.toByteArray(), raw.length - given + inflater.remaining());
            }
            assertThat(inflater.remaining()).isZero();
            if (given == raw.length) {
                throw new DataFormatException("ends too early");
            }
            int next = Math.min(raw.length - given, random.nextInt(1, small ? 40 : IsalInflater.MAX_INPUT));
            inflater.input(raw, given, next);
            given += next;
        }
    }

    private static Decoded zlib(byte[] raw) throws DataFormatException {
        Inflater inflater = new Inflater(true);
        try {
            ByteArrayOutputStream plain = new ByteArrayOutputStream();
            byte[] target = new byte[65_536];
            inflater.setInput(raw);
            while (!inflater.finished()) {
                int n = inflater.inflate(target);
                if (n == 0 && !inflater.finished()) {
                    throw new DataFormatException("ends too early");
                }
                plain.write(target, 0, n);
            }
            return new Decoded(plain.toByteArray(), inflater.getRemaining());
        } finally {
            inflater.end();
        }
    }

    private static byte[] deflate(byte[] plain, int level, int strategy) {
        Deflater deflater = new Deflater(level, true);
        try {
            deflater.setStrategy(strategy);
            deflater.setInput(plain);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[65_536];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static byte[] content(Random random) {
        return content(random, random.nextInt(10) == 0 ? 1_500_000 : 50_000);
    }

    /** Words that come again, near and far, with some noise between. */
    private static byte[] content(Random random, int max) {
        byte[] bytes = new byte[random.nextInt(max)];
        int alphabet = random.nextInt(1, 256);
        for (int i = 0; i < bytes.length; ) {
            int run = Math.min(bytes.length - i, random.nextInt(1, 300));
            int back = random.nextInt(1, 33_000);
            for (int j = 0; j < run; j++, i++) {
                bytes[i] = back <= i && run > 100 ? bytes[i - back] : (byte) random.nextInt(alphabet);
            }
        }
        return bytes;
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(1, 5000)];
        random.nextBytes(bytes);
        return bytes;
    }
}
