package cairn.engine.log;

import cairn.engine.log.OpenFile.Beginning;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The log of one container, in whatever formats it was written.
 *
 * @param logs oldest first; some of them may never have been written
 */
public record ContainerLog(List<LogFile> logs) {
    private static final long WATCH_MILLIS = 500;

    public ContainerLog {
        logs = List.copyOf(logs);
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
        List<OpenFile> files = new ArrayList<>();
        try {
            for (LogFile log : logs) {
                files.addAll(OpenFile.all(log));
            }
            Chosen chosen = new Chosen(selection, sink);
            Start start =
                    selection.tail() == LogSelection.ALL ? new Start(0, Beginning.ALL) : tail(files, selection.tail());
            OpenFile.close(files.subList(0, start.file()));
            boolean wanted = true;
            for (int i = start.file(); i < files.size() && wanted; i++) {
                OpenFile file = files.get(i);
                if (chosen.since != null && file.endsBefore(chosen.since)) {
                    file.close();
                    continue;
                }
                RecordStream stream = new RecordStream(file, i == start.file() ? start.beginning() : Beginning.ALL);
                if (selection.follow() && i == files.size() - 1 && file.current()) {
                    follow(file, stream, chosen, stopped, gone);
                } else {
                    wanted = stream.readToEnd(chosen);
                    // Whoever follows does so for days, and what is deleted meanwhile must not stay on the disk for
                    // that.
                    file.close();
                }
            }
            sink.caughtUp();
        } finally {
            OpenFile.close(files);
        }
    }

    private record Start(int file, Beginning beginning) {}

    /** Where the last {@code count} records begin. */
    private static Start tail(List<OpenFile> files, long count) throws IOException {
        long missing = count;
        for (int i = files.size() - 1; i >= 0; i--) {
            OpenFile.Start start = files.get(i).last(missing);
            missing -= start.count();
            if (missing == 0) {
                return new Start(i, start.beginning());
            }
        }
        return new Start(0, Beginning.ALL);
    }

    private static void follow(
            OpenFile first, RecordStream stream, Chosen chosen, BooleanSupplier stopped, BooleanSupplier gone)
            throws IOException {
        OpenFile file = first;
        RecordStream current = stream;
        List<OpenFile> opened = new ArrayList<>();
        try (WatchService watch = first.log().path().getFileSystem().newWatchService()) {
            Path directory = first.log().path().resolveSibling("");
            directory.register(watch, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_CREATE);
            while (!gone.getAsBoolean()) {
                // Asked before reading: what was written before the stop is then certainly seen.
                boolean last = stopped.getAsBoolean();
                if (!current.read(chosen)) {
                    return;
                }
                chosen.sink.caughtUp();
                if (file.rotated()) {
                    // Nothing is added to it any more.
                    if (!current.readToEnd(chosen)) {
                        return;
                    }
                    List<OpenFile> newer = newer(file, current, chosen);
                    opened.addAll(newer);
                    for (OpenFile next : newer) {
                        file.close();
                        file = next;
                        current = new RecordStream(file, Beginning.ALL);
                        if (!file.current() && !current.readToEnd(chosen)) {
                            return;
                        }
                    }
                    if (!newer.isEmpty()) {
                        opened.retainAll(List.of(file));
                        continue;
                    }
                }
                if (last) {
                    current.readToEnd(chosen);
                    return;
                }
                current.checkLength();
                WatchKey key = watch.poll(WATCH_MILLIS, TimeUnit.MILLISECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            OpenFile.close(opened);
        }
    }

    /** The files that have come after one that has been read, oldest first, the last of them the one that is written to now. */
    private static List<OpenFile> newer(OpenFile file, RecordStream read, Chosen chosen) throws IOException {
        List<OpenFile> now = OpenFile.all(file.log());
        int known = 0;
        while (known < now.size() && !file.sameAs(now.get(known))) {
            known++;
        }
        if (known == now.size()) {
            // It is compressed by now, or deleted: of all that there is, what it did not have.
            byte[] last = read.lastStamp();
            known = last == null ? Math.max(-1, now.size() - 2) : -1;
            chosen.after = last == null ? null : last.clone();
        }
        List<OpenFile> older = now.subList(0, known + 1);
        OpenFile.close(older);
        older.clear();
        return now;
    }

    /** Passes on the records that are asked for. */
    private static final class Chosen implements RecordStream.Taker {
        private final LogSelection selection;
        private final Sink sink;
        private final byte @Nullable [] since;
        private final byte @Nullable [] until;

        /** What is not younger was sent already. */
        private byte @Nullable [] after;

        Chosen(LogSelection selection, Sink sink) {
            this.selection = selection;
            this.sink = sink;
            this.since = selection.since() == null ? null : LogRecord.fixed(selection.since());
            this.until = selection.until() == null ? null : LogRecord.fixed(selection.until());
        }

        @Override
        public boolean take(LogRecord record) throws IOException {
            if (record.stream() == 1 ? !selection.stdout() : !selection.stderr()) {
                return true;
            }
            if (since != null && Arrays.compare(record.stamp(), since) < 0) {
                return true;
            }
            if (after != null && Arrays.compare(record.stamp(), after) <= 0) {
                return true;
            }
            if (until != null && Arrays.compare(record.stamp(), until) > 0) {
                return false;
            }
            sink.accept(record);
            return true;
        }
    }
}
