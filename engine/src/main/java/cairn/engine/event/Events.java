package cairn.engine.event;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one stream of events. Publishing never blocks: a subscriber who is {@link #QUEUE_LIMIT} events behind is ended
 * instead, so that nobody can hold up the engine or fill its memory.
 */
public final class Events {
    /** As many as Docker keeps. */
    private static final int KEPT = 256;

    private static final int QUEUE_LIMIT = 16_384;

    private final Clock clock;
    private final Deque<Event> last = new ArrayDeque<>();
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

    public Events(Clock clock) {
        this.clock = clock;
    }

    public void publish(String type, String action, String actor, Map<String, String> attributes) {
        Event event;
        synchronized (last) {
            event = new Event(type, action, actor, attributes, clock.instant());
            if (last.size() == KEPT) {
                last.removeFirst();
            }
            last.addLast(event);
            for (Subscription subscription : subscriptions) {
                subscription.offer(event);
            }
        }
    }

    /** Events from {@code since} on (null: only new ones), without a gap between the kept and the new ones. */
    public Subscription subscribe(@Nullable Instant since) {
        synchronized (last) {
            List<Event> kept = new ArrayList<>();
            if (since != null) {
                for (Event event : last) {
                    if (!event.at().isBefore(since)) {
                        kept.add(event);
                    }
                }
            }
            Subscription subscription = new Subscription(kept);
            subscriptions.add(subscription);
            return subscription;
        }
    }

    /** One reader's view. Closing it, from any thread, ends a waiting {@link #next}. */
    public final class Subscription implements AutoCloseable {
        private static final Event END = new Event("", "", "", Map.of(), Instant.EPOCH);

        private final LinkedBlockingQueue<Event> queue = new LinkedBlockingQueue<>();
        private volatile boolean closed;

        private Subscription(List<Event> kept) {
            queue.addAll(kept);
        }

        private void offer(Event event) {
            if (queue.size() >= QUEUE_LIMIT) {
                close();
            } else {
                queue.add(event);
            }
        }

        /** The next event; null when none came in time or the subscription is closed. */
        public @Nullable Event next(long timeoutMillis) throws InterruptedException {
            if (closed && queue.isEmpty()) {
                return null;
            }
            Event event = queue.poll(timeoutMillis, TimeUnit.MILLISECONDS);
            return event == null || event.type().isEmpty() ? null : event;
        }

        public boolean closed() {
            return closed;
        }

        @Override
        public void close() {
            closed = true;
            subscriptions.remove(this);
            queue.add(END);
        }
    }
}
