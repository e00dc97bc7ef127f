package cairn.engine.store;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of work that wait for their turn on one thread, in the order in which they came; one that waits already is not added again. A platform
 * thread, for the work blocks in the kernel, which would hold a carrier of virtual threads.
 */
public final class Backlog<T> {
    private final Set<T> waiting = new LinkedHashSet<>();
    private final Thread thread;
    private boolean busy;
    private boolean closing;

    /** @param work is not to throw; it is interrupted when this is stopped */
    public Backlog(String name, Consumer<T> work) {
        thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> run(work));
        thread.start();
    }

    public void add(T piece) {
        synchronized (waiting) {
            waiting.add(piece);
            waiting.notifyAll();
        }
    }

    /** Waits until all that was added so far has been done. */
    public void drain() throws InterruptedException {
        synchronized (waiting) {
            while (busy || !waiting.isEmpty()) {
                waiting.wait();
            }
        }
    }

    private void run(Consumer<T> work) {
        for (T piece = next(); piece != null; piece = next()) {
            work.accept(piece);
        }
    }

    /** Null when this is being stopped. */
    private @Nullable T next() {
        synchronized (waiting) {
            busy = false;
            waiting.notifyAll();
            while (waiting.isEmpty() && !closing) {
                try {
                    waiting.wait();
                } catch (InterruptedException e) {
                    return null;
                }
            }
            if (closing) {
                return null;
            }
            busy = true;
            T first = waiting.iterator().next();
            waiting.remove(first);
            return first;
        }
    }

    /** Whether the piece at hand is to be the last one. */
    public boolean stopping() {
        synchronized (waiting) {
            return closing;
        }
    }

    /** Ends with the piece at hand; the rest stays undone. False if the caller is interrupted: the thread may be at work still. */
    public boolean stop() {
        synchronized (waiting) {
            closing = true;
            waiting.notifyAll();
        }
        thread.interrupt();
        try {
            thread.join();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
