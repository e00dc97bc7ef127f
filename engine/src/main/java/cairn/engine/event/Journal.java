package cairn.engine.event;

import cairn.wire.Json;
import cairn.wire.JsonException;
import cairn.wire.system.EventActor;
import cairn.wire.system.EventMessage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Events on disk, one JSON document a line, in files that are named by the position of their first byte in the journal. The oldest file
 * goes when there are more than {@link #FILES}. Nothing is synced: a kill of the daemon loses nothing, a power cut the last seconds.
 * Lines that cannot be read, as the last one of a file may be that was being written then, are passed over.
 *
 * <p>Writing is for one thread at a time, reading for any.
 */
final class Journal {
    private static final System.Logger LOG = System.getLogger(Journal.class.getName());

    static final int FILES = 4;
    private static final String PREFIX = "events.";

    private final Path directory;
    private final int fileBytes;
    private @Nullable FileChannel channel;
    /** Of the first byte of the file that is being written. */
    private long base;

    private boolean broken;
    /** Behind the last whole line; what is before it may be read. */
    private volatile long end;

    /** @param fileBytes so large a file may get; the journal has at most {@link #FILES} times as much */
    Journal(Path directory, int fileBytes) {
        this.directory = directory;
        this.fileBytes = fileBytes;
    }

    /** The position behind the last event. */
    long end() {
        return end;
    }

    /** Takes up what the daemon before has left. */
    void open() throws IOException {
        if (channel != null) {
            return;
        }
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        List<Long> bases = bases();
        base = bases.isEmpty() ? 0 : bases.getLast();
        FileChannel opened = open(base);
        long size = opened.size();
        if (size > 0 && !endsWithLine(base, size)) {
            size += opened.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
        channel = opened;
        end = base + size;
    }

    private FileChannel open(long first) throws IOException {
        return FileChannel.open(file(first), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private boolean endsWithLine(long first, long size) throws IOException {
        try (FileChannel reading = FileChannel.open(file(first), StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return reading.read(last, size - 1) == 1 && last.get(0) == '\n';
        }
    }

    private Path file(long first) {
        return directory.resolve(String.format(Locale.ROOT, "%s%016d", PREFIX, first));
    }

    private List<Long> bases() throws IOException {
        List<Long> bases = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*")) {
            for (Path file : files) {
                try {
                    bases.add(Long.parseLong(String.valueOf(file.getFileName()).substring(PREFIX.length())));
                } catch (NumberFormatException e) {
                    // Not one of ours.
                }
            }
        }
        Collections.sort(bases);
        return bases;
    }

    /** Appends an event. Where that fails, it is reported once and the journal ends; the daemon goes on without. */
    void append(Event event) {
        if (broken) {
            return;
        }
        try {
            open();
            if (end - base >= fileBytes) {
                rotate();
            }
            long position = end;
            FileChannel to = java.util.Objects.requireNonNull(channel);
            ByteBuffer line = ByteBuffer.wrap((encode(event) + "\n").getBytes(StandardCharsets.UTF_8));
            int length = line.remaining();
            while (line.hasRemaining()) {
                to.write(line);
            }
            end = position + length;
        } catch (IOException e) {
            broken = true;
            LOG.log(System.Logger.Level.WARNING, "events are no longer written down: {0}", e.getMessage());
        }
    }

    private void rotate() throws IOException {
        FileChannel next = open(end);
        java.util.Objects.requireNonNull(channel).close();
        channel = next;
        base = end;
        List<Long> bases = bases();
        for (long old : bases.subList(0, Math.max(0, bases.size() - FILES))) {
            Files.deleteIfExists(file(old));
        }
    }

    private static String encode(Event event) {
        return Json.text(new EventMessage(
                "",
                "",
                "",
                event.type(),
                event.action(),
                new EventActor(event.actor(), event.attributes()),
                "",
                0,
                ChronoUnit.NANOS.between(Instant.EPOCH, event.at())));
    }

    private static @Nullable Event decode(byte[] line) {
        try {
            EventMessage message = Json.read(EventMessage.class, line);
            return new Event(
                    message.type(),
                    message.action(),
                    message.actor().id(),
                    message.actor().attributes(),
                    Instant.EPOCH.plusNanos(message.timeNano()));
        } catch (JsonException e) {
            return null;
        }
    }

    Reader reader(long position) {
        return new Reader(position);
    }

    /** Reads from a position on, through all files; for one thread. */
    final class Reader implements Closeable {
        private static final int BLOCK = 1 << 16;
        private static final int LONGEST_LINE = 1 << 20;

        private long position;
        private @Nullable FileChannel file;
        private long first;
        /** What is read of the file and not given out yet; ends at {@link #position}. */
        private byte[] block = new byte[0];

        private int at;

        private Reader(long position) {
            this.position = position;
        }

        /** The next event; null where there is none yet. */
        @Nullable
        Event next() throws IOException {
            while (true) {
                int newline = at;
                while (newline < block.length && block[newline] != '\n') {
                    newline++;
                }
                if (newline < block.length) {
                    byte[] line = java.util.Arrays.copyOfRange(block, at, newline);
                    at = newline + 1;
                    Event event = decode(line);
                    if (event != null) {
                        return event;
                    }
                } else if (!more()) {
                    return null;
                }
            }
        }

        private boolean more() throws IOException {
            long limit = end;
            if (position >= limit) {
                return false;
            }
            FileChannel from = current();
            if (from == null) {
                return false;
            }
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BLOCK, limit - position));
            int count = from.read(buffer, position - first);
            if (count <= 0) {
                // The end of this file; what follows is in the next.
                from.close();
                file = null;
                block = new byte[0];
                at = 0;
                long next = following(first);
                if (next < 0) {
                    return false;
                }
                position = Math.max(position, next);
                return true;
            }
            int kept = block.length - at;
            byte[] joined = new byte[(kept > LONGEST_LINE ? 0 : kept) + count];
            if (kept <= LONGEST_LINE) {
                System.arraycopy(block, at, joined, 0, kept);
            }
            buffer.flip().get(joined, joined.length - count, count);
            block = joined;
            at = 0;
            position += count;
            return true;
        }

        /** The file that has the position, or what is the oldest when that is gone. */
        private @Nullable FileChannel current() throws IOException {
            while (file == null) {
                long found = -1;
                for (long candidate : bases()) {
                    if (candidate <= position || found < 0) {
                        found = candidate;
                    }
                }
                if (found < 0) {
                    return null;
                }
                position = Math.max(position, found);
                try {
                    file = FileChannel.open(file(found), StandardOpenOption.READ);
                    first = found;
                } catch (NoSuchFileException e) {
                    // It has been dropped this moment.
                }
            }
            return file;
        }

        private long following(long before) throws IOException {
            for (long candidate : bases()) {
                if (candidate > before) {
                    return candidate;
                }
            }
            return -1;
        }

        @Override
        public void close() throws IOException {
            if (file != null) {
                file.close();
            }
        }
    }
}
