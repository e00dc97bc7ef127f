package cairn.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Runs work that blocks in the kernel for long on a platform thread. A virtual thread in a native call keeps its carrier: as many as there
 * are processors, and no other virtual thread runs any more.
 */
public final class KernelThread {
    /** Room for walks down deep directories. */
    private static final long STACK = 16 << 20;

    private KernelThread() {}

    /** Waits for the result; what the work throws is thrown here. On a platform thread it runs at once. */
    public static <T> T call(String name, Supplier<T> work) {
        if (!Thread.currentThread().isVirtual()) {
            return work.get();
        }
        FutureTask<T> task = new FutureTask<>(work::get);
        Thread.ofPlatform().name(name).daemon().stackSize(STACK).start(task);
        return result(name, task);
    }

    /** As {@link Supplier}, for what reads and writes streams. */
    @FunctionalInterface
    public interface Transfer {
        void run() throws IOException;
    }

    /** The same for what may also fail in a stream. */
    public static void transfer(String name, Transfer work) throws IOException {
        try {
            boolean _ = call(name, () -> {
                try {
                    work.run();
                    return true;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Of a task that another thread runs; what it throws is thrown here. */
    static <T> T result(String name, FutureTask<T> task) {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + name, e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException fault -> throw fault;
                case Error fault -> throw fault;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
