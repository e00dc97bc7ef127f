package cairn.oci.tar;

import static cairn.oci.tar.TarInput.BLOCK;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * Walks a tar stream once, from front to back: v7, ustar, star, GNU and PAX headers, GNU's sparse files in all four formats.
 *
 * <pre>{@code
 * try (TarReader tar = new TarReader(in, TarLimits.DEFAULT)) {
 *     for (TarEntry e = tar.next(); e != null; e = tar.next()) {
 *         for (int n; (n = tar.read(buffer, 0, buffer.length)) >= 0; ) { ... }
 *     }
 * }
 * }</pre>
 *
 * <p>Archives mean what they mean to Docker: types that are not files have no content whatever their size says, a single zero block at the
 * end of the input ends the archive, and so does the end of the input between entries. Where programs are known to disagree, the archive is
 * refused: a PAX and a GNU name that differ, two PAX headers for one entry, global PAX records that name or size entries. Names that are not UTF-8 are refused too, unless
 * {@link #acceptAnyNames} is called.
 */
public final class TarReader implements Closeable {
    private static final long MAX_ID = 0xffff_fffeL;
    private static final long MAX_DEVICE_MAJOR = 0xfff;
    private static final long MAX_DEVICE_MINOR = 0xf_ffff;
    private static final int COPY_BUFFER = 64 << 10;

    private final TarInput input;
    private final TarLimits limits;
    private final @Nullable RawListener listener;
    private final @Nullable Checksum crc;
    private final PaxRecords global;
    private boolean anyNames;
    private boolean ended;
    private long entries;

    private @Nullable TarEntry entry;
    /** Where {@link #read} stands in the entry's content. */
    private long position;
    /** Bytes of the archive that are still to come of the entry's content. */
    private long stored;

    private int padding;
    private @Nullable SparseMap sparse;
    private int region;
    /** Whether the content is shown to the listener as it stands in the archive, after a payload of size zero. */
    private boolean rawContent;

    public TarReader(InputStream in, TarLimits limits) {
        this(in, limits, null);
    }

    /**
     * @param listener is told every byte of the archive in order, content as checksums; costs one pass of CRC-64 over the content
     */
    public TarReader(InputStream in, TarLimits limits, @Nullable RawListener listener) {
        this.input = new TarInput(in, limits.totalBytes(), listener);
        this.limits = limits;
        this.listener = listener;
        this.crc = listener == null ? null : listener.crc64();
        this.global = new PaxRecords(limits);
    }

    /** Takes names that are not UTF-8 as well: they come escaped, and only {@link TarName#encode} gives the bytes back. */
    public TarReader acceptAnyNames() {
        anyNames = true;
        return this;
    }

    /**
     * Skips what is left of the current entry and reads the next header. Null at the end of the archive; the input has then been read to
     * its own end, trailing bytes included, so that a digest taken of it is complete.
     *
     * @throws TarException for a broken or hostile archive or one over a limit
     */
    public @Nullable TarEntry next() throws IOException {
        if (ended || !finishEntry()) {
            return end();
        }
        PaxRecords records = new PaxRecords(limits);
        while (true) {
            if (!input.nextBlock()) {
                return end(records);
            }
            if (TarHeader.isZero(input.block())) {
                if (input.nextBlock() && !TarHeader.isZero(input.block())) {
                    throw new TarException("archive has a lone block of zeros");
                }
                return end(records);
            }
            TarHeader header = new TarHeader(input.block());
            switch (header.flag()) {
                case 'x' -> addLocal(header, records);
                case 'g' -> addGlobal(header);
                case 'L' -> records.addGnuName(extended(header, records));
                case 'K' -> records.addGnuLink(extended(header, records));
                default -> {
                    return begin(header, records);
                }
            }
        }
    }

    /** Reads content of the current entry; -1 at its end. Holes of sparse files are read as zeros. */
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (entry == null || position == entry.size()) {
            return -1;
        }
        int n = (int) Math.min(length, entry.size() - position);
        if (n == 0) {
            return 0;
        }
        n = sparse == null ? readStored(entry, buffer, offset, n) : readSparse(entry, sparse, buffer, offset, n);
        position += n;
        return n;
    }

    /** The same into a buffer, whose position moves. */
    public int read(ByteBuffer target) throws IOException {
        if (entry == null || position == entry.size()) {
            return -1;
        }
        int most = (int) Math.min(target.remaining(), entry.size() - position);
        if (rawContent) {
            byte[] copied = new byte[Math.min(most, COPY_BUFFER)];
            int n = read(copied, 0, copied.length);
            target.put(copied, 0, n);
            return n;
        }
        int n = input.content(target, most, crc);
        if (n < 0) {
            throw truncated(entry);
        }
        stored -= n;
        position += n;
        return n;
    }

    /**
     * As {@link #read}, without a copy where that is possible: at most so many bytes, which are the caller's until the next call; null at the
     * content's end.
     */
    public @Nullable ByteBuffer piece(int most) throws IOException {
        if (entry == null || position == entry.size()) {
            return null;
        }
        int wanted = (int) Math.min(most, entry.size() - position);
        if (rawContent) {
            byte[] copied = new byte[Math.min(wanted, COPY_BUFFER)];
            return ByteBuffer.wrap(copied, 0, read(copied, 0, copied.length));
        }
        ByteBuffer piece = input.content(wanted, crc);
        if (piece == null) {
            throw truncated(entry);
        }
        stored -= piece.remaining();
        position += piece.remaining();
        return piece;
    }

    /**
     * Passes over a hole of a sparse file where the content goes on with one; the zeros passed over. Whoever writes files leaves a hole of
     * that length too: a few bytes of archive would else fill a disk.
     */
    public long skipHole() {
        if (entry == null || sparse == null) {
            return 0;
        }
        long hole = hole(sparse);
        position += hole;
        return hole;
    }

    /** Skips what is left of the current entry's content. */
    public void skip() throws IOException {
        if (entry == null) {
            return;
        }
        position = entry.size();
        long skipped = rawContent ? input.skipRaw(stored) : input.skipContent(stored, crc);
        stored -= skipped;
        if (stored > 0) {
            throw truncated(entry);
        }
    }

    /** Copies what is left of the current entry's content; the bytes copied. */
    public long transferTo(OutputStream out) throws IOException {
        byte[] buffer = new byte[COPY_BUFFER];
        long total = 0;
        for (int n; (n = read(buffer, 0, buffer.length)) >= 0; total += n) {
            out.write(buffer, 0, n);
        }
        return total;
    }

    /** All that is left of the current entry's content, refused above {@code limit} bytes. */
    public byte[] readAll(int limit) throws IOException {
        if (entry == null) {
            return new byte[0];
        }
        if (entry.size() - position > limit) {
            throw in(entry.name(), "is larger than " + limit + " bytes");
        }
        byte[] content = new byte[(int) (entry.size() - position)];
        for (int done = 0; done < content.length; ) {
            done += read(content, done, content.length - done);
        }
        return content;
    }

    @Override
    public void close() throws IOException {
        input.close();
    }

    /** Is told all bytes of an archive, in order: what is not content as it stands, content as a size and a checksum. */
    public interface RawListener {
        /** Bytes that are no entry's content: headers, padding, end blocks, whatever trails. The buffer is reused after the call. */
        void raw(byte[] buffer, int offset, int length) throws IOException;

        /** Asked for once: a CRC-64/ISO to compute the checksums of contents with. */
        Checksum crc64();

        /**
         * An entry's content, once all of it has been read or skipped; called for every entry. Content of sparse files and of unknown types
         * goes to {@link #raw} after a payload of size zero: the bytes that stand in the archive are not those of a file.
         *
         * @param crc64 CRC-64/ISO of the content, zero for no content
         */
        void payload(TarEntry entry, long size, long crc64) throws IOException;
    }

    private @Nullable TarEntry end(PaxRecords records) throws TarException, IOException {
        if (!records.isEmpty()) {
            throw new TarException("archive ends after an extended header");
        }
        return end();
    }

    private @Nullable TarEntry end() throws IOException {
        while (!ended && input.skipRaw(COPY_BUFFER) == COPY_BUFFER) {
            // Whatever trails belongs to the archive's bytes.
        }
        ended = true;
        return null;
    }

    /** Whether the input goes on after the current entry: what is missing may only be padding. */
    private boolean finishEntry() throws IOException {
        if (entry == null) {
            return true;
        }
        skip();
        if (listener != null && crc != null && !rawContent) {
            listener.payload(entry, entry.size(), crc.getValue());
            crc.reset();
        }
        entry = null;
        sparse = null;
        return input.skipRaw(padding) == padding;
    }

    private TarEntry begin(TarHeader header, PaxRecords records) throws IOException {
        String name = nameOf(header, records);
        try {
            if (++entries > limits.entries()) {
                throw new TarException("archive has more than " + limits.entries() + " entries");
            }
            records.inherit(global);
            TarEntry begun = entry(name, header, records);
            if (listener != null && rawContent) {
                listener.payload(begun, 0, 0);
            }
            entry = begun;
            return begun;
        } catch (TarException e) {
            throw in(name, e);
        }
    }

    private String nameOf(TarHeader header, PaxRecords records) throws TarException {
        String given = records.name();
        String name = given != null ? given : header.name();
        checkName(name, name);
        if (name.isEmpty()) {
            throw new TarException("entry " + (entries + 1) + " has no name");
        }
        return name;
    }

    private TarEntry entry(String name, TarHeader header, PaxRecords records) throws IOException {
        TarType type = type(header.flag(), name);
        String link = "";
        if (type == TarType.HARD_LINK || type == TarType.SYMLINK) {
            String given = records.linkName();
            link = given != null ? given : header.linkName();
            checkName(name, link);
            if (link.isEmpty()) {
                throw new TarException("link without a target");
            }
        }
        boolean device = type == TarType.CHAR_DEVICE || type == TarType.BLOCK_DEVICE;
        PaxRecords.Time mtime = records.mtime != null ? records.mtime : new PaxRecords.Time(header.mtime(), 0);
        // All of the header has to be taken before the content, which may hold a sparse map, takes its place in the
        // buffer.
        TarEntry sized = new TarEntry(
                name,
                type,
                header.flag() == 0 || header.flag() == 'S' || header.flag() == '7' ? type.flag() : header.flag(),
                header.mode(),
                ranged("uid", records.uid != null ? records.uid : header.uid(), MAX_ID),
                ranged("gid", records.gid != null ? records.gid : header.gid(), MAX_ID),
                records.uname != null ? records.uname : header.uname(),
                records.gname != null ? records.gname : header.gname(),
                0,
                mtime.seconds(),
                mtime.nanos(),
                link,
                device ? ranged("device major", header.devMajor(), MAX_DEVICE_MAJOR) : 0,
                device ? ranged("device minor", header.devMinor(), MAX_DEVICE_MINOR) : 0,
                records.xattrs);
        return sized.withSize(beginContent(type, header, records));
    }

    /** Sets up the reading of content; the content's size. */
    private long beginContent(TarType type, TarHeader header, PaxRecords records) throws IOException {
        position = 0;
        region = 0;
        sparse = null;
        long size = !type.hasContent() ? 0 : records.size != null ? records.size : header.size();
        stored = ranged("size", size, limits.totalBytes());
        padding = (int) (-size & (BLOCK - 1));
        rawContent = type == TarType.OTHER;
        boolean gnu = header.flag() == 'S';
        if (!gnu && !records.sparse()) {
            return size;
        }
        if (type != TarType.FILE) {
            throw new TarException("sparse, but no file");
        }
        rawContent = true;
        SparseMap map = gnu ? gnuSparse(header) : paxSparse(records);
        sparse = map;
        // Holes are no bytes of the archive, but somebody will have to write or skip them.
        ranged("size", map.realSize(), limits.totalBytes());
        input.count(Math.max(0, map.realSize() - size));
        return map.realSize();
    }

    private SparseMap gnuSparse(TarHeader header) throws IOException {
        SparseMap.Builder map = new SparseMap.Builder(limits.sparseMapBytes());
        long realSize = header.gnuRealSize();
        for (boolean more = header.addGnuRegions(map); more; ) {
            map.charge(BLOCK);
            if (!input.nextBlock()) {
                throw new TarException("archive ends within a sparse map");
            }
            more = TarHeader.addGnuExtension(input.block(), map);
        }
        return map.build(realSize, stored);
    }

    private SparseMap paxSparse(PaxRecords records) throws IOException {
        SparseMap.Builder map = records.sparseMap;
        if (records.sparseMapInContent()) {
            map = new SparseMap.Builder(limits.sparseMapBytes());
            SparseLines lines = new SparseLines(map);
            for (long count = lines.number(); count > 0; count--) {
                map.add(lines.number(), lines.number());
            }
        } else if (map == null) {
            map = new SparseMap.Builder(0);
        }
        return map.build(records.sparseSize == null ? stored : records.sparseSize, stored);
    }

    /** The decimal lines in front of the content of a sparse file in format 1.0. */
    private final class SparseLines {
        private final SparseMap.Builder map;
        private final byte[] block = new byte[BLOCK];
        private int at = BLOCK;

        SparseLines(SparseMap.Builder map) {
            this.map = map;
        }

        long number() throws IOException {
            long value = 0;
            for (int digits = 0; ; digits++) {
                if (at == BLOCK) {
                    fill();
                }
                byte c = block[at++];
                if (c == '\n' && digits > 0) {
                    return value;
                }
                if (c < '0' || c > '9' || digits == 18) {
                    throw new TarException("malformed sparse map");
                }
                value = value * 10 + (c - '0');
            }
        }

        private void fill() throws IOException {
            map.charge(BLOCK);
            if (stored < BLOCK || input.raw(block, 0, BLOCK) < BLOCK) {
                throw new TarException("archive ends within a sparse map");
            }
            stored -= BLOCK;
            at = 0;
        }
    }

    private int readStored(TarEntry current, byte[] buffer, int offset, int length) throws IOException {
        int n = rawContent ? input.raw(buffer, offset, length) : input.content(buffer, offset, length, crc);
        if (n <= 0) {
            throw truncated(current);
        }
        stored -= n;
        return n;
    }

    private int readSparse(TarEntry current, SparseMap map, byte[] buffer, int offset, int length) throws IOException {
        long hole = hole(map);
        if (hole == 0) {
            return readStored(current, buffer, offset, (int) Math.min(length, map.end(region) - position));
        }
        int n = (int) Math.min(length, hole);
        Arrays.fill(buffer, offset, offset + n, (byte) 0);
        return n;
    }

    /** Zeros from the position to the next region or the end. */
    private long hole(SparseMap map) {
        while (region < map.count() && map.end(region) <= position) {
            region++;
        }
        return Math.max(0, (region < map.count() ? map.offsets()[region] : map.realSize()) - position);
    }

    private void addLocal(TarHeader header, PaxRecords records) throws IOException {
        if (records.local) {
            throw new TarException("two PAX headers for one entry");
        }
        records.local = true;
        records.add(extended(header, records), false);
    }

    private void addGlobal(TarHeader header) throws IOException {
        if (++entries > limits.entries()) {
            throw new TarException("archive has more than " + limits.entries() + " entries");
        }
        global.add(extended(header, new PaxRecords(limits)), true);
    }

    /** The content of a header that describes the next entry. */
    private byte[] extended(TarHeader header, PaxRecords records) throws IOException {
        long size = header.size();
        records.charge(BLOCK);
        records.charge(size);
        byte[] content = new byte[(int) size];
        long pad = -size & (BLOCK - 1);
        if (input.raw(content, 0, content.length) < content.length || input.skipRaw(pad) < pad) {
            throw new TarException("archive ends within an extended header");
        }
        return content;
    }

    private void checkName(String entry, String name) throws TarException {
        if (name.length() * 3L > limits.nameBytes() && TarName.encode(name).length > limits.nameBytes()) {
            throw in(entry, "name is longer than " + limits.nameBytes() + " bytes");
        }
        int depth = 0;
        for (int i = name.indexOf('/'); i >= 0; i = name.indexOf('/', i + 1)) {
            depth++;
        }
        if (depth > limits.depth()) {
            throw in(entry, "name is deeper than " + limits.depth() + " directories");
        }
        if (!anyNames && TarName.isEscaped(name)) {
            throw in(entry, "name is not UTF-8");
        }
    }

    private static TarType type(char flag, String name) {
        return switch (flag) {
            // Archives older than ustar mark directories by a slash only.
            case '\0' -> name.endsWith("/") ? TarType.DIRECTORY : TarType.FILE;
            case '0', '7', 'S' -> TarType.FILE;
            case '1' -> TarType.HARD_LINK;
            case '2' -> TarType.SYMLINK;
            case '3' -> TarType.CHAR_DEVICE;
            case '4' -> TarType.BLOCK_DEVICE;
            case '5' -> TarType.DIRECTORY;
            case '6' -> TarType.FIFO;
            default -> TarType.OTHER;
        };
    }

    private static long ranged(String what, long value, long max) throws TarException {
        if (value < 0 || value > max) {
            throw new TarException(what + " " + value + " is out of range");
        }
        return value;
    }

    private static TarException truncated(TarEntry entry) {
        return in(entry.name(), "archive ends within its content");
    }

    private static TarException in(String name, String what) {
        return new TarException("tar entry " + TarName.quote(name) + ": " + what);
    }

    private static TarException in(String name, TarException e) {
        String prefix = "tar entry ";
        String message = String.valueOf(e.getMessage());
        return message.startsWith(prefix) ? e : new TarException(prefix + TarName.quote(name) + ": " + message, e);
    }
}
