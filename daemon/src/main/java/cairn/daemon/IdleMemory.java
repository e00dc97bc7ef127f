package cairn.daemon;

import cairn.linux.Malloc;
import cairn.wire.http.Exchange;
import cairn.wire.http.Handler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Gives memory back once nobody has asked for anything for a while. What a busy daemon holds is garbage for the most part: the collector keeps
 * the heap as large as it once was until it is told otherwise, and malloc(3) what the compiler and copies needed.
 */
final class IdleMemory implements Handler {
    /** Long enough for a script's next command; short enough for those who look what an engine takes that does nothing. */
    private static final Duration QUIET = Duration.ofSeconds(5);

    /** Garbage that is worth a collection of some milliseconds: whoever asks for a list now and then leaves less. Of a large heap, a part. */
    private static final long WORTH_IT = 4 << 20;

    private static final int WORTHY_PART = 4;

    private final Handler next;
    private final Thread thread;
    private volatile long asked;

    // The thread's alone: of the heap, after it was last collected.
    private long used;
    private long committed;

    private IdleMemory(Handler next) {
        this.next = next;
        this.thread = Thread.ofPlatform().name("idle-memory").daemon().unstarted(this::run);
    }

    /** In front of what answers; a thread watches from now on. */
    static Handler over(Handler next) {
        IdleMemory made = new IdleMemory(next);
        made.thread.start();
        return made;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        ask();
        try {
            next.handle(exchange);
        } finally {
            ask();
        }
    }

    private void ask() {
        asked = System.nanoTime();
        LockSupport.unpark(thread);
    }

    private void run() {
        long seen = asked;
        while (true) {
            while (asked == seen) {
                LockSupport.park(this);
            }
            while (asked != seen) {
                seen = asked;
                pause();
            }
            giveBack();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(QUIET);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private void giveBack() {
        Runtime heap = Runtime.getRuntime();
        long more = Math.max(heap.totalMemory() - committed, heap.totalMemory() - heap.freeMemory() - used);
        if (more < Math.max(WORTH_IT, used / WORTHY_PART)) {
            return;
        }
        System.gc();
        committed = heap.totalMemory();
        used = committed - heap.freeMemory();
        Malloc.trim();
    }
}
