package cairn.engine.explain;

import java.util.List;
import java.util.Locale;

/** Numbers as people read them. */
final class Quantities {
    private static final List<String> UNITS = List.of("bytes", "KiB", "MiB", "GiB", "TiB", "PiB");
    private static final int STEP = 1024;

    private Quantities() {}

    /** {@code 512 MiB}, {@code 1.5 GiB}. */
    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= STEP && unit < UNITS.size() - 1) {
            value /= STEP;
            unit++;
        }
        String number = unit == 0 || value == Math.rint(value)
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.1f", value);
        return number + " " + UNITS.get(unit);
    }
}
