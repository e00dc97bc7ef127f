package cairn.cli.stream;

import cairn.linux.Terminal;
import java.util.List;

/** The terminal that the command line runs in, if it does. */
public final class Console {
    private static final int IN = 0;
    private static final int OUT = 1;

    private Console() {}

    public static boolean typed() {
        return Terminal.isTerminal(IN);
    }

    public static boolean shown() {
        return Terminal.isTerminal(OUT);
    }

    /** Rows and columns; zeros when standard output is no terminal. */
    public static List<Integer> size() {
        if (!shown()) {
            return List.of(0, 0);
        }
        Terminal.WindowSize size = Terminal.size(OUT);
        return List.of(size.rows(), size.columns());
    }

    /** Raw mode until closed, and in any case until the program ends. */
    public static Terminal.RawMode raw() {
        Terminal.RawMode raw = Terminal.raw(IN);
        Runtime.getRuntime().addShutdownHook(new Thread(raw::close, "restore-terminal"));
        return raw;
    }
}
