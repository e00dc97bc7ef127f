package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The same call for each of several names. What is printed stands in the order of the names; names that fail do not keep the others from
 * it.
 */
final class Each {
    private static final int AT_ONCE = 50;

    /** One call; what it returns is printed, unless it is empty. */
    interface Call {
        String run(String name) throws IOException;
    }

    private record Result(String text, @Nullable String fault) {}

    private Each() {}

    /** At the same time, as one may take long (stop). Returns 0, or throws with status 1 and all messages. */
    static int of(List<String> names, Session session, Call call) {
        List<Result> results = new ArrayList<>();
        for (int start = 0; start < names.size(); start += AT_ONCE) {
            results.addAll(together(names.subList(start, Math.min(names.size(), start + AT_ONCE)), call));
        }
        return show(results, session);
    }

    /** One after the other, where what becomes of one may depend on those before: an image is built on another. */
    static int inTurn(List<String> names, Session session, Call call) {
        return show(names.stream().map(name -> one(name, call)).toList(), session);
    }

    private static int show(List<Result> results, Session session) {
        StringBuilder faults = new StringBuilder();
        for (Result result : results) {
            if (!result.text().isEmpty()) {
                session.out().println(result.text());
            }
            if (result.fault() != null) {
                faults.append(faults.isEmpty() ? "" : "\n").append(result.fault());
            }
        }
        if (!faults.isEmpty()) {
            throw new CliException(faults.toString());
        }
        return 0;
    }

    private static List<Result> together(List<String> names, Call call) {
        Result[] results = new Result[names.size()];
        if (names.size() == 1) {
            results[0] = one(names.getFirst(), call);
            return List.of(results);
        }
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            int index = i;
            threads.add(Thread.startVirtualThread(() -> results[index] = one(names.get(index), call)));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new CliException("interrupted");
            }
        }
        return List.of(results);
    }

    private static Result one(String name, Call call) {
        try {
            return new Result(call.run(name), null);
        } catch (DaemonException e) {
            return new Result("", e.shown());
        } catch (CliException | IOException e) {
            return new Result("", String.valueOf(e.getMessage()));
        }
    }
}
