package cairn.engine.log;

import cairn.engine.log.LogFile.Member;
import cairn.engine.plan.LogFormat;
import cairn.linux.DirectoryHandle;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One file of a log, open: it can be read to its end whatever is done to its name meanwhile. */
final class OpenFile implements Closeable {
    private static final int BLOCK = 256 * 1024;

    private final FileChannel channel;
    private final LogFile log;
    private final Member member;
    private final @Nullable Object identity;

    private OpenFile(FileChannel channel, LogFile log, Member member, @Nullable Object identity) {
        this.channel = channel;
        this.log = log;
        this.member = member;
        this.identity = identity;
    }

    /** All files of a log as they stand at this moment, oldest first. */
    static List<OpenFile> all(LogFile log) throws IOException {
        List<OpenFile> opened = new ArrayList<>();
        try (DirectoryHandle directory = log.openToRead()) {
            for (Member member : directory == null ? List.<Member>of() : log.members(directory)) {
                try {
                    opened.add(open(log, member));
                } catch (NoSuchFileException e) {
                    // Its container is being removed.
                }
            }
        } catch (IOException e) {
            close(opened);
            throw e;
        }
        return opened;
    }

    static OpenFile open(LogFile log, Member member) throws IOException {
        FileChannel channel = FileChannel.open(member.path(), StandardOpenOption.READ);
        return new OpenFile(channel, log, member, LogFile.identity(member.path()));
    }

    static void close(List<OpenFile> files) throws IOException {
        for (OpenFile file : files) {
            file.close();
        }
    }

    LogFormat format() {
        return log.format();
    }

    LogFile log() {
        return log;
    }

    /** Whether its writer may still add to it. */
    boolean current() {
        return member.number() == 0;
    }

    /** Whether the other one is the same file, under whatever name it was opened. */
    boolean sameAs(OpenFile other) {
        return identity != null && identity.equals(other.identity);
    }

    boolean hasName(Path path) throws IOException {
        return identity != null && identity.equals(LogFile.identity(path));
    }

    /** Whether another file has its name now. */
    boolean rotated() throws IOException {
        Object now = LogFile.identity(log.path());
        return now != null && !now.equals(identity);
    }

    long size() throws IOException {
        return channel.size();
    }

    long position() throws IOException {
        return channel.position();
    }

    void position(long position) throws IOException {
        channel.position(position);
    }

    /** Its bytes as they were written, from the beginning or, where it is not compressed, from the position. */
    InputStream content() throws IOException {
        InputStream raw = Channels.newInputStream(channel);
        if (!member.gzip()) {
            return raw;
        }
        channel.position(0);
        return RotatedGzip.content(raw);
    }

    /** Whether nothing in it is as young as that, as far as can be told without reading it. */
    boolean endsBefore(byte[] stamp) throws IOException {
        byte[] last = member.gzip() ? RotatedGzip.lastTime(channel) : null;
        return last != null && Arrays.compare(last, stamp) < 0;
    }

    /** Where records begin. @param count of them; less than were asked for where there are not so many */
    record Start(Beginning beginning, long count) {}

    /** @param offset into a plain file; @param passed records to be passed over, in a compressed one */
    record Beginning(long offset, long passed) {
        static final Beginning ALL = new Beginning(0, 0);
    }

    /** Finds the last {@code count} records, without reading more than them where it can read backwards. */
    Start last(long count) throws IOException {
        return member.gzip() ? lastOfAll(count) : backwards(count);
    }

    private Start lastOfAll(long count) throws IOException {
        long[] all = {0};
        RecordStream.Taker counter = record -> {
            all[0]++;
            return true;
        };
        new RecordStream(this, Beginning.ALL).readToEnd(counter);
        return new Start(new Beginning(0, Math.max(0, all[0] - count)), Math.min(all[0], count));
    }

    /** In blocks, so that the cost does not depend on the size of the file. */
    private Start backwards(long count) throws IOException {
        RecordReader reader = RecordReader.of(format());
        byte[] block = new byte[BLOCK];
        long end = size();
        long start = end;
        int length = 0;
        long found = 0;
        while (found < count) {
            int before = reader.previous(block, 0, length, start == 0);
            if (before != RecordReader.CUT) {
                found++;
                length = before;
                end = start + before;
                continue;
            }
            if (start == 0) {
                break;
            }
            if (length == block.length && length < RecordReader.LONGEST) {
                block = new byte[2 * length];
            } else if (length == block.length) {
                // No record is so long: damage.
                end -= length / 2;
            }
            start = Math.max(0, end - block.length);
            length = fill(block, start, (int) (end - start));
        }
        return new Start(found < count ? Beginning.ALL : new Beginning(end, 0), found);
    }

    private int fill(byte[] block, long from, int length) throws IOException {
        channel.position(from);
        return Math.max(0, Channels.newInputStream(channel).readNBytes(block, 0, length));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
