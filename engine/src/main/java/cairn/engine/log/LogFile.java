package cairn.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The log of one container: the current file and its rotated predecessors {@code .1}, {@code .2} ... */
public final class LogFile {
    private static final int BLOCK = 256 * 1024;
    private static final long WATCH_MILLIS = 500;

    private final Path path;

    public LogFile(Path path) {
        this.path = path;
    }

    /** Receives records in order. */
    @FunctionalInterface
    public interface Sink {
        void accept(LogRecord record) throws IOException;

        /** Called whenever everything that is there has been sent: a sink that collects passes on now. */
        default void caughtUp() throws IOException {}
    }

    /**
     * Sends the selected records and, when following, those that come, until the container has stopped and everything is
     * read, or the reader is gone.
     *
     * @param stopped whether no more output can come
     * @param gone whether the reader has left
     */
    public void read(LogSelection selection, Sink sink, BooleanSupplier stopped, BooleanSupplier gone)
            throws IOException {
        List<Path> files = files();
        Position start = selection.tail() == LogSelection.ALL ? new Position(0, 0) : tail(files, selection.tail());
        for (int i = start.file(); i < files.size(); i++) {
            boolean last = i == files.size() - 1;
            long offset = i == start.file() ? start.offset() : 0;
            try (FileChannel channel = FileChannel.open(files.get(i), StandardOpenOption.READ)) {
                Cursor cursor = new Cursor(channel, offset, selection, sink);
                cursor.drain();
                if (last && selection.follow() && !cursor.ended) {
                    follow(cursor, stopped, gone);
                }
                if (cursor.ended) {
                    return;
                }
            }
        }
    }

    private void follow(Cursor cursor, BooleanSupplier stopped, BooleanSupplier gone) throws IOException {
        Cursor current = cursor;
        FileChannel reopened = null;
        try (WatchService watch = path.getFileSystem().newWatchService()) {
            parent().register(watch, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_CREATE);
            while (!gone.getAsBoolean() && !current.ended) {
                // Asked before draining: what was written before the stop is then certainly seen.
                boolean last = stopped.getAsBoolean();
                current.drain();
                if (rotated(current.channel)) {
                    current.drain();
                    FileChannel next = FileChannel.open(path, StandardOpenOption.READ);
                    if (reopened != null) {
                        reopened.close();
                    }
                    reopened = next;
                    current = new Cursor(next, 0, current.selection, current.sink);
                    continue;
                }
                if (last) {
                    return;
                }
                WatchKey key = watch.poll(WATCH_MILLIS, TimeUnit.MILLISECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (reopened != null) {
                reopened.close();
            }
        }
    }

    /** The shim renames a full file away and starts a new, shorter one. */
    private boolean rotated(FileChannel channel) throws IOException {
        return Files.exists(path) && Files.size(path) < channel.position();
    }

    private Path parent() {
        Path parent = path.getParent();
        return parent == null ? Path.of("/") : parent;
    }

    /** Oldest first. */
    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (int i = 1; ; i++) {
            Path rotated = path.resolveSibling(path.getFileName() + "." + i);
            if (!Files.exists(rotated)) {
                break;
            }
            files.addFirst(rotated);
        }
        if (Files.exists(path)) {
            files.add(path);
        }
        return files;
    }

    private record Position(int file, long offset) {}

    /** Where the last {@code count} lines begin: read backwards in blocks, so that the cost does not depend on the log's size. */
    private static Position tail(List<Path> files, long count) throws IOException {
        if (count == 0 && !files.isEmpty()) {
            return new Position(files.size() - 1, Files.size(files.getLast()));
        }
        long missing = count;
        for (int i = files.size() - 1; i >= 0; i--) {
            try (FileChannel channel = FileChannel.open(files.get(i), StandardOpenOption.READ)) {
                long position = channel.size();
                ByteBuffer block = ByteBuffer.allocate(BLOCK);
                boolean atEnd = true;
                while (position > 0) {
                    int length = (int) Math.min(BLOCK, position);
                    block.clear().limit(length);
                    channel.read(block, position - length);
                    for (int at = length - 1; at >= 0; at--) {
                        if (block.get(at) == '\n' && !atEnd) {
                            missing--;
                            if (missing <= 0) {
                                return new Position(i, position - length + at + 1);
                            }
                        }
                        atEnd = false;
                    }
                    position -= length;
                }
                if (channel.size() > 0) {
                    missing--;
                }
                if (missing <= 0) {
                    return new Position(i, 0);
                }
            }
        }
        return new Position(0, 0);
    }

    /** Reads whole lines of one file from an offset on. */
    private static final class Cursor {
        private final FileChannel channel;
        private final LogSelection selection;
        private final Sink sink;
        private final LogLine line = new LogLine();
        private final byte @Nullable [] since;
        private final byte @Nullable [] until;
        private byte[] pending = new byte[BLOCK];
        private int length;
        private boolean ended;

        Cursor(FileChannel channel, long offset, LogSelection selection, Sink sink) throws IOException {
            this.channel = channel;
            this.selection = selection;
            this.sink = sink;
            this.since = selection.since() == null ? null : LogRecord.fixed(selection.since());
            this.until = selection.until() == null ? null : LogRecord.fixed(selection.until());
            channel.position(offset);
        }

        void drain() throws IOException {
            while (!ended) {
                if (length == pending.length) {
                    pending = Arrays.copyOf(pending, length * 2);
                }
                int read = channel.read(ByteBuffer.wrap(pending, length, pending.length - length));
                if (read <= 0) {
                    sink.caughtUp();
                    return;
                }
                length += read;
                lines();
            }
        }

        private void lines() throws IOException {
            int start = 0;
            for (int at = 0; at < length && !ended; at++) {
                if (pending[at] == '\n') {
                    if (line.parse(pending, start, at)) {
                        accept(line.record());
                    }
                    start = at + 1;
                }
            }
            System.arraycopy(pending, start, pending, 0, length - start);
            length -= start;
        }

        private void accept(LogRecord record) throws IOException {
            if (record.stream() == 1 ? !selection.stdout() : !selection.stderr()) {
                return;
            }
            if (since != null && Arrays.compare(record.stamp(), since) < 0) {
                return;
            }
            if (until != null && Arrays.compare(record.stamp(), until) > 0) {
                ended = true;
                return;
            }
            sink.accept(record);
        }
    }
}
