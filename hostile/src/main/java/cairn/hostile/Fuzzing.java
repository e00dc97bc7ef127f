package cairn.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Feeds mutated input to a reader: honest seeds, inputs that once broke something, and what becomes of both when bytes are flipped, moved,
 * cut, doubled and mixed. Half a second for each reader, minutes with {@code CAIRN_LONG}; the same inputs in each short run.
 */
public final class Fuzzing {
    private static final long SHORT_MILLIS = 500;
    private static final long LONG_MILLIS = 120_000;
    private static final long MAX_MILLIS = 10_000;
    private static final int MAX_LENGTH = 1 << 20;
    private static final int KEPT = 2000;

    /** Reads input; throws for anything that is not as declared. */
    public interface Reader {
        void read(byte[] input) throws Exception;
    }

    private final String name;
    private final Path found;
    private final List<byte[]> pool = new ArrayList<>();
    private final List<byte[]> words = new ArrayList<>();
    private Random random = new Random(0);

    /**
     * @param name of the reader; inputs that once broke it are in {@code src/test/resources/fuzz/NAME}
     * @param words that mean something to the reader
     */
    public Fuzzing(String name, List<byte[]> seeds, String... words) {
        this.name = name;
        this.found = Path.of("src/test/resources/fuzz", name.replace(' ', '-'));
        pool.addAll(seeds);
        pool.addAll(found());
        for (String word : words) {
            this.words.add(word.getBytes(StandardCharsets.UTF_8));
        }
    }

    private List<byte[]> found() {
        if (!Files.isDirectory(found)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(found)) {
            List<byte[]> inputs = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                inputs.add(Files.readAllBytes(file));
            }
            return inputs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Throws what the reader throws, with the input kept in {@code target/fuzz}. */
    public void run(Reader reader) {
        boolean patient = System.getenv("CAIRN_LONG") != null;
        random = new Random(patient ? System.nanoTime() : 1);
        String minutes = System.getProperty("cairn.fuzz.seconds");
        long millis = minutes != null ? Long.parseLong(minutes) * 1000 : patient ? LONG_MILLIS : SHORT_MILLIS;
        long inputs = 0;
        for (byte[] seed : List.copyOf(pool)) {
            check(reader, seed);
            inputs++;
        }
        List<byte[]> seeds = List.copyOf(pool);
        for (long end = System.nanoTime() + millis * 1_000_000; System.nanoTime() < end; inputs++) {
            byte[] input = mutated();
            check(reader, input);
            // A walk away from the seeds, and back now and then.
            if (random.nextInt(8) == 0) {
                pool.add(input);
            }
            if (pool.size() > KEPT) {
                pool.clear();
                pool.addAll(seeds);
            }
        }
        System.out.println("FIGURE fuzzed inputs, " + name + " = " + inputs);
    }

    private void check(Reader reader, byte[] input) {
        long begin = System.nanoTime();
        try {
            reader.read(input);
        } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError e) {
            throw new AssertionError(name + " fails on " + keep(input) + ": " + e, e);
        }
        long millis = (System.nanoTime() - begin) / 1_000_000;
        if (millis > MAX_MILLIS) {
            throw new AssertionError(name + " took " + millis + " ms on " + keep(input));
        }
    }

    private Path keep(byte[] input) {
        try {
            Path directory = Files.createDirectories(Path.of("target/fuzz", name.replace(' ', '-')));
            return Files.write(directory.resolve(ImageParts.sha256(input).substring(0, 12)), input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] mutated() {
        byte[] input = pool.get(random.nextInt(pool.size())).clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            input = mutate(input);
        }
        return input.length > MAX_LENGTH ? Arrays.copyOf(input, MAX_LENGTH) : input;
    }

    private byte[] mutate(byte[] input) {
        int at = input.length == 0 ? 0 : random.nextInt(input.length);
        int length = Math.min(input.length - at, 1 + random.nextInt(random.nextInt(10) == 0 ? 4096 : 16));
        return switch (random.nextInt(10)) {
            case 0 -> with(input, at, (byte) (1 << random.nextInt(8)), true);
            case 1 -> with(input, at, (byte) random.nextInt(256), false);
            case 2 ->
                with(
                        input,
                        at,
                        new byte[] {0, 1, 127, -128, -1, ' ', '0', '9', '/', '.', '"', '\n', '='}[random.nextInt(13)],
                        false);
            case 3 -> replace(input, at, length, new byte[0]);
            case 4 -> replace(input, at, 0, Arrays.copyOfRange(input, at, at + length));
            case 5 -> replace(input, at, 0, word());
            case 6 -> replace(input, at, length, word());
            case 7 -> Arrays.copyOf(input, at);
            case 8 -> splice(input, at);
            default -> number(input);
        };
    }

    private byte[] word() {
        if (words.isEmpty() || random.nextInt(4) == 0) {
            byte[] bytes = new byte[1 + random.nextInt(8)];
            random.nextBytes(bytes);
            return bytes;
        }
        return words.get(random.nextInt(words.size()));
    }

    private byte[] splice(byte[] input, int at) {
        byte[] other = pool.get(random.nextInt(pool.size()));
        if (other.length == 0) {
            return input;
        }
        int from = random.nextInt(other.length);
        int length = 1 + random.nextInt(other.length - from);
        return replace(
                input,
                at,
                random.nextBoolean() ? Math.min(length, input.length - at) : 0,
                Arrays.copyOfRange(other, from, from + length));
    }

    /** Puts another number in the place of some decimal one. */
    private byte[] number(byte[] input) {
        for (int i = 0; i < 20 && input.length > 0; i++) {
            int at = random.nextInt(input.length);
            int end = at;
            while (end < input.length && input[end] >= '0' && input[end] <= '9') {
                end++;
            }
            if (end > at) {
                long[] values = {
                    0, 1, -1, 255, 256, 65535, 65536, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE, random.nextLong()
                };
                String value = Long.toString(values[random.nextInt(values.length)]);
                return replace(input, at, end - at, value.getBytes(StandardCharsets.US_ASCII));
            }
        }
        return input;
    }

    private static byte[] with(byte[] input, int at, byte value, boolean flip) {
        if (input.length > 0) {
            input[at] = (byte) (flip ? input[at] ^ value : value);
        }
        return input;
    }

    private static byte[] replace(byte[] input, int at, int length, byte[] by) {
        byte[] result = new byte[input.length - length + by.length];
        System.arraycopy(input, 0, result, 0, at);
        System.arraycopy(by, 0, result, at, by.length);
        System.arraycopy(input, at + length, result, at + by.length, input.length - at - length);
        return result;
    }

    /** Puts right checksums into whatever could be a tar header, so that not every mutation ends at the first check. */
    public static byte[] sealed(byte[] tar) {
        byte[] sealed = tar.clone();
        for (int at = 0; at + RawHeader.BLOCK <= sealed.length; at += RawHeader.BLOCK) {
            if (sealed[at + RawHeader.MAGIC] == 'u' && sealed[at + RawHeader.MAGIC + 1] == 's') {
                Arrays.fill(sealed, at + RawHeader.CHECKSUM, at + RawHeader.CHECKSUM + 8, (byte) ' ');
                int sum = 0;
                for (int i = at; i < at + RawHeader.BLOCK; i++) {
                    sum += sealed[i] & 0xff;
                }
                byte[] text = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(text, 0, sealed, at + RawHeader.CHECKSUM, text.length);
            }
        }
        return sealed;
    }
}
