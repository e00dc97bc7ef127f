package cairn.engine.event;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one stream of events, and its journal. Publishing never waits for a reader: one who is {@link #QUEUE_LIMIT} events behind reads on
 * in the journal until he has caught up, so that nobody can hold up the engine or fill its memory.
 */
public final class Events {
    private static final System.Logger LOG = System.getLogger(Events.class.getName());

    private static final int QUEUE_LIMIT = 1024;
    private static final int FILE_BYTES = 4 << 20;

    private final Clock clock;
    private final Journal journal;
    private final int queueLimit;
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

    /** @param directory for the journal */
    public Events(Path directory, Clock clock) {
        this(new Journal(directory, FILE_BYTES), QUEUE_LIMIT, clock);
    }

    Events(Journal journal, int queueLimit, Clock clock) {
        this.journal = journal;
        this.queueLimit = queueLimit;
        this.clock = clock;
    }

    /** Opens the journal, so that the first event need not. */
    public void prepare() {
        synchronized (journal) {
            try {
                journal.open();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "journal of events: {0}", e.getMessage());
            }
        }
    }

    public void publish(String type, String action, String actor, Map<String, String> attributes) {
        synchronized (journal) {
            Event event = new Event(type, action, actor, attributes, clock.instant());
            long position = journal.end();
            journal.append(event);
            for (Subscription subscription : subscriptions) {
                subscription.offer(event, position);
            }
        }
    }

    /** Events from {@code since} on (null: only new ones), those of earlier daemons included, as far as the journal goes back. */
    public Subscription subscribe(@Nullable Instant since) {
        synchronized (journal) {
            prepare();
            Subscription subscription = new Subscription(since);
            subscriptions.add(subscription);
            return subscription;
        }
    }

    /** One reader's view, for one thread. Closing it, from any thread, ends a waiting {@link #next}. */
    public final class Subscription implements AutoCloseable {
        private static final Event END = new Event("", "", "", Map.of(), Instant.EPOCH);

        private final LinkedBlockingQueue<Event> queue = new LinkedBlockingQueue<>();
        private final @Nullable Instant since;
        /** Reads what is not in the queue; null while the queue has everything. Changed with the journal's monitor held. */
        private Journal.@Nullable Reader behind;

        private volatile boolean closed;

        private Subscription(@Nullable Instant since) {
            this.since = since;
            if (since != null) {
                behind = journal.reader(0);
            }
        }

        /** @param position where the journal has it */
        private void offer(Event event, long position) {
            if (behind != null) {
                return;
            }
            if (queue.size() >= queueLimit) {
                behind = journal.reader(position);
            } else {
                queue.add(event);
            }
        }

        /** The next event; null when none came in time or the subscription is closed. */
        public @Nullable Event next(long timeoutMillis) throws InterruptedException {
            if (closed && queue.isEmpty()) {
                return null;
            }
            Event event = queue.poll();
            if (event == null) {
                event = fromJournal();
            }
            if (event == null) {
                event = queue.poll(timeoutMillis, TimeUnit.MILLISECONDS);
            }
            return event == null || event.type().isEmpty() ? null : event;
        }

        /** Called with an empty queue. */
        private @Nullable Event fromJournal() {
            Journal.Reader reader;
            synchronized (journal) {
                reader = behind;
            }
            if (reader == null) {
                return null;
            }
            try {
                Event event = wanted(reader);
                if (event == null) {
                    synchronized (journal) {
                        // Once more where nobody can publish: from here on everything comes through the queue.
                        event = wanted(reader);
                        if (event == null) {
                            behind = null;
                            reader.close();
                        }
                    }
                }
                return event;
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "journal of events: {0}", e.getMessage());
                synchronized (journal) {
                    behind = null;
                }
                return null;
            }
        }

        private @Nullable Event wanted(Journal.Reader reader) throws IOException {
            Event event = reader.next();
            while (event != null && since != null && event.at().isBefore(since)) {
                event = reader.next();
            }
            return event;
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
