package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.JsonLines;
import cairn.cli.daemon.Query;
import cairn.cli.show.Listing;
import cairn.cli.show.Tree;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code cairn stats}. */
public final class Stats implements Verb {
    private static final List<String> STANDARD =
            List.of("ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs");
    private static final long PERIOD_MILLIS = 500;
    private static final String TOP_LEFT = "\033[H";
    private static final String REST_OF_LINE = "\033[K";
    private static final String REST_OF_SCREEN = "\033[J";

    /** The latest sample of each container, by what it is called here; in the order in which they were found. */
    private final Map<String, Tree> samples = new LinkedHashMap<>();

    private final StringBuilder faults = new StringBuilder();

    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("a,all", "Show those that do not run, too")
                .text("format", Texts.FORMAT)
                .bool("no-stream", "Show one sample of each and end")
                .bool("no-trunc", "Do not shorten ids");
        return Usage.of("[CONTAINER...]", 0, Usage.MANY, flags).with("""
                        Examples:
                          cairn stats                        all that run, until Ctrl-C
                          cairn stats --no-stream web db
                          cairn stats --format '{{.Name}} {{.MemUsage}}'""");
    }

    @Override
    public int run(Arguments given, Session session) {
        List<String> asked = given.positionals();
        boolean everything = asked.isEmpty();
        List<String> names = everything ? running(given.on("all"), session) : asked;
        if (given.on("no-stream")) {
            once(names, given, session);
            return 0;
        }
        for (String name : names) {
            follow(name, session);
        }
        while (!Thread.interrupted()) {
            if (everything) {
                for (String name : running(given.on("all"), session)) {
                    if (!known(name)) {
                        follow(name, session);
                    }
                }
            }
            throwFaults();
            show(given, session, true);
            if (!everything && isEmpty()) {
                return 0;
            }
            try {
                Thread.sleep(PERIOD_MILLIS);
            } catch (InterruptedException e) {
                return 0;
            }
        }
        return 0;
    }

    private static List<String> running(boolean all, Session session) {
        List<String> names = new ArrayList<>();
        for (Tree container : session.daemon()
                .get(new Query("/containers/json").flag("all", all))
                .items()) {
            String id = container.at("Id").text();
            names.add(id.substring(0, Math.min(12, id.length())));
        }
        return names;
    }

    private void once(List<String> names, Arguments given, Session session) {
        List<Thread> threads = new ArrayList<>();
        for (String name : names) {
            put(name, Tree.NOTHING);
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    put(
                            name,
                            session.daemon().get(Query.container(name, "/stats").with("stream", "0")));
                } catch (DaemonException e) {
                    fault(e.shown());
                } catch (CliException e) {
                    fault(String.valueOf(e.getMessage()));
                }
            }));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new CliException("interrupted");
            }
        }
        throwFaults();
        show(given, session, false);
    }

    /** Keeps the latest sample up to date until the stream ends, which is when the container is gone. */
    private void follow(String name, Session session) {
        put(name, Tree.NOTHING);
        Thread thread = Thread.ofVirtual().unstarted(() -> {
            try (Reply stream =
                    session.daemon().open("GET", Query.container(name, "/stats").with("stream", "1"), null)) {
                JsonLines lines = new JsonLines(stream.body());
                for (Tree sample = lines.next(); sample != null; sample = lines.next()) {
                    put(name, sample);
                }
            } catch (DaemonException e) {
                fault(e.shown());
            } catch (CliException e) {
                fault(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                // The daemon is gone, and its containers from this list.
            }
            forget(name);
        });
        thread.start();
    }

    private synchronized void put(String name, Tree sample) {
        samples.put(name, sample);
    }

    private synchronized void forget(String name) {
        samples.remove(name);
    }

    private synchronized boolean known(String name) {
        return samples.containsKey(name);
    }

    private synchronized boolean isEmpty() {
        return samples.isEmpty();
    }

    private synchronized void fault(String text) {
        faults.append(faults.isEmpty() ? "" : "\n").append(text);
    }

    private synchronized void throwFaults() {
        if (!faults.isEmpty()) {
            throw new CliException(faults.toString());
        }
    }

    private void show(Arguments given, Session session, boolean again) {
        List<StatsRow> rows = new ArrayList<>();
        synchronized (this) {
            samples.forEach((name, sample) -> rows.add(new StatsRow(name, sample, given.on("no-trunc"))));
        }
        String text = Listing.text(StatsRow.COLUMNS, rows, given.text("format"), STANDARD);
        session.out().print(again ? TOP_LEFT + text.replace("\n", REST_OF_LINE + "\n") + REST_OF_SCREEN : text);
        session.out().flush();
    }
}
