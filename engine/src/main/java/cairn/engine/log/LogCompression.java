package cairn.engine.log;

import static java.lang.System.Logger.Level.WARNING;

import cairn.engine.log.LogFile.Member;
import cairn.engine.store.Backlog;
import cairn.linux.DirectoryHandle;
import cairn.linux.LinuxException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compresses old files of logs, one after the other on a thread of its own. A file is put together aside, gets its name when it is on disk, and
 * only then the plain one goes: whoever is killed in between has lost nothing, and the next time finds what is left to do.
 */
public final class LogCompression implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LogCompression.class.getName());

    private final Backlog<LogFile> waiting = new Backlog<>("cairn-log-gzip", this::compressOld);

    /** Has whatever old files of this log are plain compressed, soon. */
    public void compress(LogFile log) {
        waiting.add(log);
    }

    /** Waits until all that was asked for is done, or given up. */
    void drain() throws InterruptedException {
        waiting.drain();
    }

    private void compressOld(LogFile log) {
        try {
            compressAll(log);
        } catch (NoSuchFileException | ClosedByInterruptException e) {
            // Its container has been removed, or this is being closed.
        } catch (IOException | LinuxException e) {
            LOG.log(WARNING, "cannot compress old files of {0}: {1}", log.path(), e.getMessage());
        }
    }

    private void compressAll(LogFile log) throws IOException {
        try {
            // The oldest first, as it would be the first to go.
            for (OpenFile plain = oldestPlain(log); plain != null && !waiting.stopping(); plain = oldestPlain(log)) {
                try (OpenFile file = plain) {
                    write(file, log.aside());
                    if (!publish(file, log)) {
                        return;
                    }
                }
            }
        } finally {
            Files.deleteIfExists(log.aside());
        }
    }

    private static @Nullable OpenFile oldestPlain(LogFile log) throws IOException {
        try (DirectoryHandle directory = log.openToRead()) {
            for (Member member : directory == null ? List.<Member>of() : log.members(directory)) {
                if (member.number() > 0 && !member.gzip()) {
                    return OpenFile.open(log, member);
                }
            }
        }
        return null;
    }

    private static void write(OpenFile file, Path aside) throws IOException {
        String[] lastTime = {LogRecord.NEVER};
        new RecordStream(file, file.last(1).beginning()).readToEnd(record -> {
            lastTime[0] = record.time();
            return true;
        });
        file.position(0);
        Files.deleteIfExists(aside);
        try (FileChannel channel = FileChannel.open(
                        aside,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
            RotatedGzip.write(file.content(), lastTime[0], out);
            out.flush();
            // What has been on disk for long must not be lost to a power cut.
            channel.force(false);
        }
    }

    /** Puts the compressed form in the place that the file has by now; it may have moved on, or be gone. False if the names cannot be had. */
    private static boolean publish(OpenFile file, LogFile log) throws IOException {
        try (DirectoryHandle directory = log.openToRename()) {
            if (directory == null) {
                return false;
            }
            for (Member member : log.members(directory)) {
                if (member.number() > 0 && !member.gzip() && file.hasName(member.path())) {
                    Files.move(
                            log.aside(),
                            log.compressed(member.number()),
                            StandardCopyOption.ATOMIC_MOVE,
                            StandardCopyOption.REPLACE_EXISTING);
                    Files.delete(member.path());
                }
            }
            return true;
        }
    }

    /** Stops where it is; the rest waits for the next start. */
    @Override
    public void close() {
        boolean _ = waiting.stop();
    }
}
