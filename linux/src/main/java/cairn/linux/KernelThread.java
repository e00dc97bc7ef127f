package cairn.linux;

import java.util.function.Supplier;

/**
 * Runs work that blocks in the kernel for long on a platform thread. A virtual thread in a native call keeps its carrier: as many as there
 * are processors, and no other virtual thread runs any more.
 */
public final class KernelThread {
    /** Room for walks down deep directories. */
    private static final long STACK = 16 << 20;

    private KernelThread() {}

    private static final class Outcome<T> {
        private T value;
        private Throwable failure;
    }

    /** Waits for the result; what the work throws is thrown here. On a platform thread it runs at once. */
    public static <T> T call(String name, Supplier<T> work) {
        if (!Thread.currentThread().isVirtual()) {
            return work.get();
        }
        Outcome<T> outcome = new Outcome<>();
        Thread thread = Thread.ofPlatform().name(name).daemon().stackSize(STACK).start(() -> {
            try {
                outcome.value = work.get();
            } catch (RuntimeException | Error e) {
                outcome.failure = e;
            }
        });
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + name, e);
        }
        switch (outcome.failure) {
            case null -> {
                return outcome.value;
            }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(outcome.failure);
        }
    }
}
