package cairn.acceptance;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What keeps the bridges, addresses and cgroups of daemons of tests apart, also those of test runs beside this one: a lock on a byte of a
 * common file, which ends with its process at the latest.
 */
final class DaemonNumber implements AutoCloseable {
    private static final int COUNT = 200;

    /** Goes round: what a daemon leaves to the kernel takes a while to disappear. */
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() % COUNT));

    private static final FileChannel LOCKS = open();

    private final int number;
    private final FileLock lock;

    private DaemonNumber(int number, FileLock lock) {
        this.number = number;
        this.lock = lock;
    }

    static DaemonNumber take() {
        for (int attempt = 0; attempt < COUNT; attempt++) {
            int number = NEXT.getAndIncrement() % COUNT;
            FileLock lock = lock(number);
            if (lock != null) {
                return new DaemonNumber(number, lock);
            }
        }
        throw new IllegalStateException("all " + COUNT + " numbers of daemons are taken");
    }

    private static @Nullable FileLock lock(int number) {
        try {
            return LOCKS.tryLock(number, 1, false);
        } catch (OverlappingFileLockException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileChannel open() {
        try {
            return FileChannel.open(Path.of(System.getProperty("java.io.tmpdir"), "cairn-it-numbers"), CREATE, WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From 0 to 199. */
    int value() {
        return number;
    }

    @Override
    public void close() {
        try {
            lock.release();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
