package cairn.cli.stream;

import cairn.linux.Terminal;
import java.util.List;

/** The terminal that the command line runs in, if it does. */
public final class Console {
    private static final int IN = 0;

    /** The descriptors of standard output and standard error. */
    public static final int OUT = 1;

    public static final int ERR = 2;

    private Console() {}

    public static boolean typed() {
        return Terminal.isTerminal(IN);
    }

    public static boolean shown() {
        return shown(OUT);
    }

    /** Whether what goes to this descriptor is seen on a terminal. */
    public static boolean shown(int descriptor) {
        return Terminal.isTerminal(descriptor);
    }

    /** Whether standard output is read by another program. */
    public static boolean piped() {
        return Terminal.isPipe(OUT);
    }

    /** Rows and columns; zeros when standard output is no terminal. */
    public static List<Integer> size() {
        return size(OUT);
    }

    /** Rows and columns of the terminal that the descriptor leads to, or zeros. */
    public static List<Integer> size(int descriptor) {
        if (!shown(descriptor)) {
            return List.of(0, 0);
        }
        Terminal.WindowSize size = Terminal.size(descriptor);
        return List.of(size.rows(), size.columns());
    }

    /** What is typed is not shown until it is closed, and in any case until the program ends. */
    public static Terminal.RawMode unseen() {
        return restored(Terminal.unseen(IN));
    }

    /** Raw mode until closed, and in any case until the program ends. */
    public static Terminal.RawMode raw() {
        return restored(Terminal.raw(IN));
    }

    private static Terminal.RawMode restored(Terminal.RawMode mode) {
        Runtime.getRuntime().addShutdownHook(new Thread(mode::close, "restore-terminal"));
        return mode;
    }
}
