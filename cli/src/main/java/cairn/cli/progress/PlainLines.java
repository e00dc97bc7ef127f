package cairn.cli.progress;

import java.io.PrintStream;

/** For files and pipes: a line for each message, without those that only count. */
final class PlainLines implements Display {
    private final PrintStream out;

    PlainLines(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(Message message) {
        if (!message.counted() || !message.counts()) {
            out.print(message.printed());
            out.flush();
        }
    }

    @Override
    public void end() {
        out.flush();
    }
}
