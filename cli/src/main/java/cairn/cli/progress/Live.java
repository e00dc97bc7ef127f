package cairn.cli.progress;

import cairn.linux.Terminal;
import java.io.PrintStream;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * For terminals: counted messages change the board, which somebody paints now and then by {@link #tick}; any other message ends the
 * block and is printed below it.
 */
final class Live implements Display {
    private static final Terminal.WindowSize UNKNOWN = new Terminal.WindowSize(24, 80);

    private final Board board;
    private final Screen screen;
    private final Supplier<Terminal.WindowSize> size;
    private final LongSupplier nanos;
    private boolean ended;

    /** {@code size} may answer with zeros when nothing is known. */
    Live(PrintStream out, boolean coloured, Supplier<Terminal.WindowSize> size, LongSupplier nanos) {
        this.board = new Board(coloured);
        this.screen = new Screen(out);
        this.size = size;
        this.nanos = nanos;
    }

    @Override
    public synchronized void show(Message message) {
        if (message.counted() && !message.id().isEmpty()) {
            board.note(message, nanos.getAsLong());
        } else {
            settle();
            screen.print(message.printed());
        }
    }

    /** Paints the board; false when there is nothing to be painted any more. */
    synchronized boolean tick() {
        if (!ended && !board.isEmpty()) {
            Terminal.WindowSize now = size();
            screen.paint(board.lines(now.columns(), now.rows(), nanos.getAsLong()), now.columns());
        }
        return !ended;
    }

    private void settle() {
        if (!board.isEmpty()) {
            int columns = size().columns();
            screen.paint(board.last(columns, nanos.getAsLong()), columns);
            screen.settle();
            board.clear();
        }
    }

    private Terminal.WindowSize size() {
        Terminal.WindowSize now = size.get();
        return now.columns() > 0 && now.rows() > 0 ? now : UNKNOWN;
    }

    @Override
    public synchronized void end() {
        settle();
        ended = true;
    }
}
