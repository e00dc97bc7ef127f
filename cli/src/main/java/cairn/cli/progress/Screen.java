package cairn.cli.progress;

import java.io.PrintStream;
import java.util.List;

/**
 * Paints a block of lines over the one that it has painted before (ECMA-48: CUU, EL, ED). The cursor always stands at the start of the
 * line below the block, so that whatever ends the program leaves the terminal usable.
 */
final class Screen {
    private final PrintStream out;
    private int[] painted = {};

    Screen(PrintStream out) {
        this.out = out;
    }

    void paint(List<Line> lines, int columns) {
        StringBuilder frame = new StringBuilder("\r");
        int up = rows(columns);
        if (up > 0) {
            frame.append("\033[").append(up).append('A');
        }
        painted = new int[lines.size()];
        for (int i = 0; i < painted.length; i++) {
            painted[i] = lines.get(i).columns();
            frame.append(lines.get(i)).append("\033[K\n");
        }
        out.print(frame.append("\033[J"));
        out.flush();
    }

    /** How many rows the block takes now: a terminal that has become narrower has broken its lines. */
    private int rows(int columns) {
        int rows = 0;
        for (int length : painted) {
            rows += Math.max(1, (length + columns - 1) / columns);
        }
        return rows;
    }

    /** Takes what is painted as settled, and goes on below it. */
    void settle() {
        painted = new int[0];
    }

    void print(String text) {
        out.print(text);
        out.flush();
    }
}
