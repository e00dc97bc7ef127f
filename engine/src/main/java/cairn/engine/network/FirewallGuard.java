package cairn.engine.network;

import cairn.linux.LinuxException;
import cairn.linux.TableWatch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Puts tables in place again that somebody else has deleted or emptied, on a thread of its own. */
final class FirewallGuard implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FirewallGuard.class.getName());

    /** A flush comes as many messages, and whoever flushes may go on with rules of his own. */
    private static final long SETTLE_MILLIS = 200;

    private final Map<String, FirewallTable> tables = new ConcurrentHashMap<>();
    private @Nullable TableWatch watch;
    private volatile boolean closed;

    void add(FirewallTable table) {
        tables.put(table.name(), table);
    }

    /** Before it is deleted on purpose. */
    void remove(FirewallTable table) {
        tables.remove(table.name());
    }

    /** From now on. */
    synchronized void begin() {
        if (watch != null || closed) {
            return;
        }
        try {
            TableWatch opened = TableWatch.open(tables::containsKey);
            watch = opened;
            Thread.ofPlatform().daemon().name("cairn-firewall").start(() -> watch(opened));
        } catch (LinuxException e) {
            LOG.log(System.Logger.Level.WARNING, "changes of the firewall are not noticed: {0}", e.getMessage());
        }
    }

    private void watch(TableWatch changes) {
        try {
            while (changes.awaitDamage()) {
                do {
                    Thread.sleep(SETTLE_MILLIS);
                    if (closed) {
                        return;
                    }
                    // Before the repair: what is reported after this may be damage of a table that is whole again.
                    changes.skip();
                    // Whoever took one away has most likely taken all, and to replace a whole one changes nothing.
                    tables.values().forEach(FirewallTable::repair);
                } while (changes.damagedMeanwhile());
            }
        } catch (LinuxException e) {
            LOG.log(System.Logger.Level.WARNING, "changes of the firewall are no longer noticed: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            changes.close();
        }
    }

    /** Leaves the tables as they are. */
    @Override
    public synchronized void close() {
        closed = true;
        if (watch != null) {
            watch.stop();
        }
    }
}
