package cairn.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** An honest archive with one of everything, and its beginnings. */
public final class Truncations {
    private static final int CUTS = 200;

    private Truncations() {}

    /** What was cut off; nobody who knows its digest may take a part of it. */
    public static byte[] whole() {
        return new RawTar()
                .directory("d")
                .file("d/file", "x".repeat(3000))
                .symlink("d/link", "file")
                .hardLink("d/hard", "d/file")
                .fifo("d/fifo")
                .charDevice("d/null", 1, 3)
                .pax("SCHILY.xattr.user.a", "1", "mtime", "1.5", "path", "long/".repeat(40) + "name")
                .file("overruled", "y".repeat(700))
                .gnuName("gnu/" + "n".repeat(120))
                .file("short", "z")
                .file(".wh.gone", "")
                .file("d/.wh..wh..opq", "")
                .pax("GNU.sparse.size", "5000", "GNU.sparse.map", "10,2,4000,2")
                .file("sparse", "abcd")
                .end();
    }

    /** The archive cut at 200 places all over it. */
    public static List<byte[]> plain() {
        return cuts(whole());
    }

    /** The archive compressed, then cut at 200 places. */
    public static List<byte[]> gzipped() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(whole());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cuts(out.toByteArray());
    }

    private static List<byte[]> cuts(byte[] all) {
        List<byte[]> cuts = new ArrayList<>();
        for (int i = 0; i < CUTS; i++) {
            cuts.add(Arrays.copyOf(all, 1 + (int) ((all.length - 2L) * i / CUTS)));
        }
        return cuts;
    }
}
