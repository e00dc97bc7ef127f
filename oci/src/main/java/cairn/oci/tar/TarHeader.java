package cairn.oci.tar;

import static cairn.oci.tar.TarInput.BLOCK;

/** One 512-byte header block, taken apart (POSIX pax "ustar Interchange Format", GNU tar "Basic Tar Format"). */
final class TarHeader {
    private static final int GNU_SPARSE = 386;
    private static final int GNU_SPARSE_ENTRIES = 4;
    private static final int GNU_EXTENDED = 482;
    private static final int GNU_REAL_SIZE = 483;
    private static final int EXTENSION_ENTRIES = 21;
    private static final int EXTENSION_EXTENDED = 504;

    private static final Runs ZEROS = new Runs((byte) 0);

    private final byte[] block;
    private final Dialect dialect;

    private enum Dialect {
        V7,
        USTAR,
        STAR,
        GNU
    }

    /** Takes a block whose bytes must stay while this is used; checks the checksum. */
    TarHeader(byte[] block) throws TarException {
        this.block = block;
        this.dialect = dialect();
        checkSum();
    }

    static boolean isZero(byte[] block) {
        return ZEROS.end(block, 0, BLOCK) == BLOCK;
    }

    char flag() {
        return (char) (block[156] & 0xff);
    }

    /** The name with its prefix, where the dialect has one. */
    String name() {
        String name = text(0, 100);
        String prefix = switch (dialect) {
            case V7 -> "";
            case USTAR -> text(345, 155);
            case STAR -> text(345, 131);
            case GNU -> misplacedPrefix();
        };
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    String linkName() {
        return text(157, 100);
    }

    int mode() throws TarException {
        return (int) (number(100, 8, "mode") & 07777);
    }

    long uid() throws TarException {
        return number(108, 8, "uid");
    }

    long gid() throws TarException {
        return number(116, 8, "gid");
    }

    long size() throws TarException {
        return number(124, 12, "size");
    }

    long mtime() throws TarException {
        return number(136, 12, "mtime");
    }

    String uname() {
        return dialect == Dialect.V7 ? "" : text(265, 32);
    }

    String gname() {
        return dialect == Dialect.V7 ? "" : text(297, 32);
    }

    long devMajor() throws TarException {
        return dialect == Dialect.V7 ? 0 : number(329, 8, "device major");
    }

    long devMinor() throws TarException {
        return dialect == Dialect.V7 ? 0 : number(337, 8, "device minor");
    }

    long gnuRealSize() throws TarException {
        if (dialect != Dialect.GNU) {
            throw new TarException("sparse file in a dialect other than GNU's");
        }
        return number(GNU_REAL_SIZE, 12, "real size");
    }

    /** Adds the regions that the header itself has room for; whether extension blocks follow. */
    boolean addGnuRegions(SparseMap.Builder map) throws TarException {
        return addRegions(map, GNU_SPARSE, GNU_SPARSE_ENTRIES, GNU_EXTENDED);
    }

    /** Adds the regions of an extension block; whether another follows. */
    static boolean addGnuExtension(byte[] block, SparseMap.Builder map) throws TarException {
        return new TarHeader(block, Dialect.GNU).addRegions(map, 0, EXTENSION_ENTRIES, EXTENSION_EXTENDED);
    }

    private TarHeader(byte[] block, Dialect dialect) {
        this.block = block;
        this.dialect = dialect;
    }

    private boolean addRegions(SparseMap.Builder map, int from, int entries, int extended) throws TarException {
        for (int i = 0; i < entries && block[from + 24 * i] != 0; i++) {
            map.add(number(from + 24 * i, 12, "sparse offset"), number(from + 24 * i + 12, 12, "sparse length"));
        }
        return block[extended] != 0;
    }

    private Dialect dialect() {
        if (matches(257, "ustar\0")) {
            return matches(508, "tar\0") ? Dialect.STAR : Dialect.USTAR;
        }
        return matches(257, "ustar  \0") ? Dialect.GNU : Dialect.V7;
    }

    private boolean matches(int field, String magic) {
        for (int i = 0; i < magic.length(); i++) {
            if (block[field + i] != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Go before 1.8 wrote a ustar prefix into GNU headers where these have access times: then they are no numbers. */
    private String misplacedPrefix() {
        try {
            for (int field = 345; field <= 357; field += 12) {
                if (block[field] != 0) {
                    number(field, 12, "time");
                }
            }
            return "";
        } catch (TarException e) {
            return text(345, 155);
        }
    }

    private void checkSum() throws TarException {
        int unsigned = 0;
        int high = 0;
        for (int i = 0; i < BLOCK; ) {
            if (block[i] == 0 && ZEROS.mayBegin(block, i, BLOCK)) {
                i = ZEROS.end(block, i, BLOCK);
                continue;
            }
            unsigned += block[i] & 0xff;
            high += block[i++] >>> 31;
        }
        for (int i = 148; i < 156; i++) {
            unsigned += ' ' - (block[i] & 0xff);
            high -= block[i] >>> 31;
        }
        long stated = number(148, 8, "checksum");
        // Some old programs summed signed bytes.
        if (stated != unsigned && stated != unsigned - 256L * high) {
            throw new TarException("header " + TarName.quote(text(0, 100)) + " has a wrong checksum");
        }
    }

    private String text(int field, int width) {
        int length = 0;
        while (length < width && block[field + length] != 0) {
            length++;
        }
        return length == 0 ? "" : TarName.decode(block, field, length);
    }

    /** A number, octal or in base 256 where the first bit is set. */
    private long number(int field, int width, String what) throws TarException {
        int start = field;
        int end = start + width;
        if (block[start] < 0) {
            return base256(start, end, what);
        }
        int i = start;
        while (i < end && (block[i] == ' ' || block[i] == 0)) {
            i++;
        }
        long value = 0;
        for (; i < end && block[i] >= '0' && block[i] <= '7'; i++) {
            value = (value << 3) | (block[i] - '0');
        }
        if (i < end && block[i] == ' ') {
            while (i < end && block[i] == ' ') {
                i++;
            }
        }
        if (i < end && block[i] != 0) {
            throw bad(what);
        }
        return value;
    }

    private long base256(int start, int end, String what) throws TarException {
        // Two's complement: the first bit says base 256, the second is the sign.
        boolean negative = (block[start] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (int i = start; i < end; i++) {
            int b = i == start ? (negative ? block[i] | 0x80 : block[i] & 0x7f) & 0xff : block[i] & 0xff;
            if (value >> 55 != (negative ? -1 : 0)) {
                throw bad(what);
            }
            value = (value << 8) | b;
        }
        return value;
    }

    private TarException bad(String what) {
        return new TarException("header " + TarName.quote(text(0, 100)) + " has a bad number as its " + what);
    }
}
