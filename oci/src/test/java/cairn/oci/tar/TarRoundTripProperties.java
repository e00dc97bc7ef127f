package cairn.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TarRoundTripProperties {

    @Property(tries = 300)
    void whatIsWrittenIsReadBack(@ForAll("entries") List<TarEntry> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter writer = new TarWriter(bytes)) {
            for (TarEntry entry : entries) {
                writer.write(entry, content(entry));
            }
        }
        assertThat(bytes.size() % 512).isZero();
        List<String> written = entries.stream()
                .map(entry -> new Tars.Read(entry, content(entry)).shown())
                .toList();
        assertThat(Tars.shown(Tars.read(bytes.toByteArray()))).isEqualTo(written);
    }

    @Provide
    Arbitrary<List<TarEntry>> entries() {
        return Arbitraries.of(
                        TarType.FILE,
                        TarType.DIRECTORY,
                        TarType.SYMLINK,
                        TarType.HARD_LINK,
                        TarType.CHAR_DEVICE,
                        TarType.FIFO)
                .flatMap(TarRoundTripProperties::entry)
                .list()
                .ofMaxSize(8);
    }

    private static Arbitrary<TarEntry> entry(TarType type) {
        Arbitrary<String> names = Arbitraries.strings()
                .withCharRange('\1', '\u024f')
                .withChars('/', '日', '.')
                .ofMinLength(1)
                .ofMaxLength(300);
        boolean link = type == TarType.SYMLINK || type == TarType.HARD_LINK;
        boolean device = type == TarType.CHAR_DEVICE;
        Arbitrary<String> owners = Arbitraries.strings().alpha().withChars('ü').ofMaxLength(40);
        Arbitrary<Long> ids = Arbitraries.longs().between(0, 0xffff_fffeL);
        Arbitrary<Map<String, byte[]>> xattrs = Arbitraries.maps(
                        Arbitraries.strings()
                                .alpha()
                                .withChars('.')
                                .ofMinLength(1)
                                .ofMaxLength(30),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(300))
                .ofMaxSize(3);
        Arbitrary<TarEntry> plain = Combinators.combine(
                        names,
                        link ? names : Arbitraries.just(""),
                        Arbitraries.integers().between(0, 07777),
                        ids,
                        ids,
                        owners,
                        Arbitraries.longs().between(0, type == TarType.FILE ? 2000 : 0),
                        Arbitraries.longs().between(-(1L << 40), 1L << 40))
                .as((name, target, mode, uid, gid, owner, size, mtime) -> new TarEntry(
                        name,
                        type,
                        type.flag(),
                        mode,
                        uid,
                        gid,
                        owner,
                        owner,
                        size,
                        mtime,
                        0,
                        target,
                        device ? 0xfff : 0,
                        device ? 7 : 0,
                        Map.of()));
        return Combinators.combine(plain, xattrs, Arbitraries.integers().between(0, 999_999_999))
                .as((entry, attributes, nanos) ->
                        entry.withXattrs(new LinkedHashMap<>(attributes)).withMtime(entry.mtime(), nanos));
    }

    private static byte[] content(TarEntry entry) {
        byte[] content = new byte[(int) entry.size()];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 + entry.name().hashCode());
        }
        return content;
    }
}
