package cairn.cli.progress;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.daemon.JsonLines;
import cairn.cli.show.Tree;
import cairn.cli.stream.Console;
import cairn.linux.Terminal;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows a stream of progress messages to its end. */
public final class Progress {
    private static final long BETWEEN_FRAMES_MILLIS = 100;

    private static final Display NOTHING = new Display() {
        @Override
        public void show(Message message) {
            // only what goes wrong is of interest
        }

        @Override
        public void end() {
            // nothing was shown
        }
    };

    private Progress() {}

    /**
     * On standard output.
     *
     * @throws CliException with the stream's own error
     */
    public static void show(Reply stream, Session session) throws IOException {
        follow(stream, display(session, session.out(), Console.OUT));
    }

    /** On standard error, for verbs whose output is something else. */
    public static void showAside(Reply stream, Session session) throws IOException {
        follow(stream, display(session, session.err(), Console.ERR));
    }

    /** Waits for the end, and shows nothing. */
    public static void await(Reply stream) throws IOException {
        follow(stream, NOTHING);
    }

    private static Display display(Session session, PrintStream out, int descriptor) {
        String terminal = session.environment().getOrDefault("TERM", "");
        if (!Console.shown(descriptor) || terminal.equals("dumb")) {
            return new PlainLines(out);
        }
        boolean coloured = session.environment().getOrDefault("NO_COLOR", "").isEmpty();
        Live live = new Live(out, coloured, () -> size(descriptor), System::nanoTime);
        Thread painter = new Thread(() -> paint(live), "progress");
        painter.setDaemon(true);
        painter.start();
        return live;
    }

    private static Terminal.WindowSize size(int descriptor) {
        List<Integer> size = Console.size(descriptor);
        return new Terminal.WindowSize(size.get(0), size.get(1));
    }

    private static void paint(Live live) {
        try {
            do {
                Thread.sleep(BETWEEN_FRAMES_MILLIS);
            } while (live.tick());
        } catch (InterruptedException e) {
            // nobody does
        }
    }

    private static void follow(Reply stream, Display display) throws IOException {
        try {
            JsonLines lines = new JsonLines(stream.body());
            for (@Nullable Tree line = lines.next(); line != null; line = lines.next()) {
                String fault = line.at("errorDetail", "message").text();
                fault = fault.isEmpty() ? line.at("error").text() : fault;
                if (!fault.isEmpty()) {
                    throw new CliException(fault);
                }
                // What is meant for programs, such as the digest that a push has made, comes again in words.
                if (!line.at("aux").there()) {
                    display.show(Message.of(line));
                }
            }
        } finally {
            display.end();
        }
    }
}
