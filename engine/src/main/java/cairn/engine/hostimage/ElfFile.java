package cairn.engine.hostimage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the dynamic loader reads in a program or library (elf(5), ld.so(8)). Only 64-bit little-endian files.
 *
 * @param machine e_machine
 * @param interpreter the dynamic loader; null for libraries and static programs
 * @param needed names of shared libraries, in the file's order
 * @param rpath directories to search, not expanded; the loader ignores them where there is a runpath
 */
record ElfFile(
        int machine, @Nullable String interpreter, List<String> needed, List<String> rpath, List<String> runpath) {
    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int MAX_PROGRAM_HEADERS = 1024;
    private static final int DYNAMIC_ENTRY = 16;
    private static final int MAX_DYNAMIC = 1 << 20;
    private static final int MAX_STRINGS = 16 << 20;
    private static final int MAX_PATH = 4096;

    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int PT_INTERP = 3;

    private static final int DT_NULL = 0;
    private static final int DT_NEEDED = 1;
    private static final int DT_STRTAB = 5;
    private static final int DT_STRSZ = 10;
    private static final int DT_RPATH = 15;
    private static final int DT_RUNPATH = 29;

    private record Segment(int type, long offset, long address, long size) {}

    private record Dynamic(long tag, long value) {}

    ElfFile {
        needed = List.copyOf(needed);
        rpath = List.copyOf(rpath);
        runpath = List.copyOf(runpath);
    }

    /**
     * Null where the file is no ELF file at all.
     *
     * @throws IOException where it is one that is broken or not for a 64-bit little-endian machine
     */
    static @Nullable ElfFile read(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path)) {
            if (file.size() < HEADER) {
                return null;
            }
            ByteBuffer header = bytes(file, 0, HEADER);
            if (header.getInt(0) != 0x464c457f) { // 7f E L F
                return null;
            }
            if (header.get(4) != 2 || header.get(5) != 1) {
                throw new IOException(path + ": only 64-bit little-endian programs can be taken");
            }
            return read(file, header);
        } catch (EOFException | IllegalArgumentException e) {
            throw new IOException(path + ": broken ELF file", e);
        }
    }

    private static ElfFile read(FileChannel file, ByteBuffer header) throws IOException {
        int count = header.getShort(56) & 0xffff;
        if ((count > 0 && header.getShort(54) != PROGRAM_HEADER) || count > MAX_PROGRAM_HEADERS) {
            throw new EOFException("program headers");
        }
        List<Segment> segments = segments(bytes(file, header.getLong(32), count * PROGRAM_HEADER), count);
        String interpreter = null;
        List<Dynamic> dynamic = List.of();
        for (Segment segment : segments) {
            switch (segment.type) {
                case PT_INTERP -> interpreter = text(bytes(file, segment.offset, checked(segment.size, MAX_PATH)), 0);
                case PT_DYNAMIC -> dynamic = dynamic(bytes(file, segment.offset, checked(segment.size, MAX_DYNAMIC)));
                default -> {
                    // Nothing that the loader looks for files by.
                }
            }
        }
        ByteBuffer strings = strings(file, segments, dynamic);
        return new ElfFile(
                header.getShort(18) & 0xffff,
                interpreter,
                texts(dynamic, DT_NEEDED, strings),
                directories(dynamic, DT_RPATH, strings),
                directories(dynamic, DT_RUNPATH, strings));
    }

    private static List<Segment> segments(ByteBuffer table, int count) {
        List<Segment> segments = new ArrayList<>(count);
        for (int at = 0; at < count * PROGRAM_HEADER; at += PROGRAM_HEADER) {
            segments.add(new Segment(
                    table.getInt(at), table.getLong(at + 8), table.getLong(at + 16), table.getLong(at + 32)));
        }
        return segments;
    }

    private static List<Dynamic> dynamic(ByteBuffer table) {
        List<Dynamic> entries = new ArrayList<>();
        for (int at = 0; at + DYNAMIC_ENTRY <= table.limit(); at += DYNAMIC_ENTRY) {
            if (table.getLong(at) == DT_NULL) {
                break;
            }
            entries.add(new Dynamic(table.getLong(at), table.getLong(at + 8)));
        }
        return entries;
    }

    /** The dynamic section names the string table by its address in memory; the segment that is loaded there tells where it is in the file. */
    private static ByteBuffer strings(FileChannel file, List<Segment> segments, List<Dynamic> dynamic)
            throws IOException {
        long address = value(dynamic, DT_STRTAB);
        for (Segment segment : segments) {
            long inside = address - segment.address;
            if (segment.type == PT_LOAD && inside >= 0 && inside < segment.size) {
                return bytes(file, segment.offset + inside, checked(value(dynamic, DT_STRSZ), MAX_STRINGS));
            }
        }
        return ByteBuffer.allocate(0);
    }

    private static long value(List<Dynamic> dynamic, int tag) {
        for (Dynamic entry : dynamic) {
            if (entry.tag == tag) {
                return entry.value;
            }
        }
        return 0;
    }

    private static List<String> texts(List<Dynamic> dynamic, int tag, ByteBuffer strings) throws IOException {
        List<String> found = new ArrayList<>();
        for (Dynamic entry : dynamic) {
            if (entry.tag == tag) {
                found.add(text(strings, checked(entry.value, strings.limit())));
            }
        }
        return found;
    }

    private static List<String> directories(List<Dynamic> dynamic, int tag, ByteBuffer strings) throws IOException {
        List<String> found = new ArrayList<>();
        for (String path : texts(dynamic, tag, strings)) {
            found.addAll(List.of(path.split(":", -1)));
        }
        found.removeIf(String::isEmpty);
        return found;
    }

    private static String text(ByteBuffer bytes, int start) throws IOException {
        for (int end = start; end < bytes.limit(); end++) {
            if (bytes.get(end) == 0) {
                byte[] text = new byte[end - start];
                bytes.get(start, text);
                return new String(text, StandardCharsets.UTF_8);
            }
        }
        throw new EOFException("text without end");
    }

    private static int checked(long size, int limit) throws IOException {
        if (size < 0 || size > limit) {
            throw new EOFException("out of range: " + size);
        }
        return (int) size;
    }

    private static ByteBuffer bytes(FileChannel file, long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, offset + bytes.position()) < 0) {
                throw new EOFException("file ends");
            }
        }
        return bytes.flip();
    }
}
