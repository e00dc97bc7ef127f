package cairn.wire;

/** Sizes for people: three digits and powers of 1000 ({@code 4.26MB}), or four digits and powers of 1024 ({@code 3.818GiB}). */
public final class Sizes {
    private static final String[] DECIMAL = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Sizes() {}

    public static String decimal(long bytes) {
        return shown(bytes, 1000, 3, DECIMAL);
    }

    /** With four digits, as the obsolete VirtualSize column has it. */
    public static String precise(long bytes) {
        return shown(bytes, 1000, 4, DECIMAL);
    }

    public static String binary(long bytes) {
        return shown(bytes, 1024, 4, BINARY);
    }

    private static String shown(long bytes, int base, int digits, String[] units) {
        double value = bytes;
        int unit = 0;
        while (value >= base && unit < units.length - 1) {
            value /= base;
            unit++;
        }
        String text = digits(value, digits);
        // Rounding may reach the next unit: 999,999 is 1MB, not 1e+03kB.
        if (text.equals("1000") && base == 1000 && digits == 3 && unit < units.length - 1) {
            return "1" + units[unit + 1];
        }
        return text + units[unit];
    }

    /** The product, rounded; where it seems to lie in the middle, by what the multiplication has lost, as exact decimals would. */
    private static long rounded(double value, long scale) {
        double product = value * scale;
        double lost = Math.fma(value, (double) scale, -product);
        if (product - Math.floor(product) == 0.5 && lost != 0) {
            return (long) (lost > 0 ? Math.ceil(product) : Math.floor(product));
        }
        return (long) Math.rint(product);
    }

    /** So many significant digits, trailing zeros dropped. */
    private static String digits(double value, int digits) {
        int whole = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : 4;
        int fraction = Math.max(0, digits - whole);
        long scale = 1;
        for (int i = 0; i < fraction; i++) {
            scale *= 10;
        }
        long rounded = rounded(value, scale);
        StringBuilder out = new StringBuilder().append(rounded / scale);
        long rest = rounded % scale;
        if (rest != 0) {
            String decimals = Long.toString(scale + rest).substring(1);
            int end = decimals.length();
            while (decimals.charAt(end - 1) == '0') {
                end--;
            }
            out.append('.').append(decimals, 0, end);
        }
        return out.toString();
    }
}
