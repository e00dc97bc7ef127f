package cairn.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Archives of random entries; a failure names the seed that makes it again. */
class TarRoundTripTest {
    private static final List<TarType> TYPES = List.of(
            TarType.FILE, TarType.DIRECTORY, TarType.SYMLINK, TarType.HARD_LINK, TarType.CHAR_DEVICE, TarType.FIFO);

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        for (long seed = 0; seed < 600; seed++) {
            Random random = new Random(seed);
            List<TarEntry> entries = Stream.generate(() -> entry(random))
                    .limit(random.nextInt(9))
                    .toList();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (TarWriter writer = new TarWriter(bytes)) {
                for (TarEntry entry : entries) {
                    writer.write(entry, content(entry));
                }
            }
            assertThat(bytes.size() % 512).as("seed %d", seed).isZero();
            List<String> written = entries.stream()
                    .map(entry -> new Tars.Read(entry, content(entry)).shown())
                    .toList();
            assertThat(Tars.shown(Tars.read(bytes.toByteArray())))
                    .as("seed %d", seed)
                    .isEqualTo(written);
        }
    }

    private static TarEntry entry(Random random) {
        TarType type = TYPES.get(random.nextInt(TYPES.size()));
        boolean link = type == TarType.SYMLINK || type == TarType.HARD_LINK;
        boolean device = type == TarType.CHAR_DEVICE;
        String owner = text(random, 0, 40, "abcXYZü");
        TarEntry plain = new TarEntry(
                name(random),
                type,
                type.flag(),
                random.nextInt(010000),
                id(random),
                id(random),
                owner,
                owner,
                type == TarType.FILE ? random.nextInt(2000) : 0,
                random.nextLong(-(1L << 40), 1L << 40),
                0,
                link ? name(random) : "",
                device ? 0xfff : 0,
                device ? 7 : 0,
                Map.of());
        Map<String, byte[]> attributes = new LinkedHashMap<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            byte[] value = new byte[random.nextInt(300)];
            random.nextBytes(value);
            attributes.put(text(random, 1, 30, "abcXYZ."), value);
        }
        return plain.withXattrs(attributes).withMtime(plain.mtime(), random.nextInt(1_000_000_000));
    }

    /** From nothing but slashes to far beyond what a header holds, in and outside of ASCII. */
    private static String name(Random random) {
        int limit = random.nextBoolean() ? 0x80 : 0x250;
        StringBuilder name = new StringBuilder();
        for (int left = 1 + random.nextInt(random.nextBoolean() ? 20 : 300); left > 0; left--) {
            name.append(
                    random.nextInt(5) == 0 ? "/.日".charAt(random.nextInt(3)) : (char) (1 + random.nextInt(limit - 1)));
        }
        return name.toString();
    }

    private static String text(Random random, int shortest, int longest, String characters) {
        return random.ints(0, characters.length())
                .limit(random.nextInt(shortest, longest + 1))
                .collect(StringBuilder::new, (text, at) -> text.append(characters.charAt(at)), StringBuilder::append)
                .toString();
    }

    /** The edges of what octal digits hold are as likely as anything between. */
    private static long id(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 07777777L + random.nextInt(2);
            case 2 -> 0xffff_fffeL;
            default -> random.nextLong(0xffff_ffffL);
        };
    }

    private static byte[] content(TarEntry entry) {
        byte[] content = new byte[(int) entry.size()];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 + entry.name().hashCode());
        }
        return content;
    }
}
