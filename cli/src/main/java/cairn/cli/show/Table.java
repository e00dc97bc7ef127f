package cairn.cli.show;

import java.util.ArrayList;
import java.util.List;

/**
 * Aligns text with tabs into columns, as Go's text/tabwriter does for Docker: a column is a run of neighbouring lines that
 * have a tab-terminated cell in this place; its width is that of the widest cell plus the padding, or the least width.
 */
public final class Table {
    private final int least;
    private final int padding;
    private final List<String[]> lines = new ArrayList<>();

    public Table(int least, int padding) {
        this.least = least;
        this.padding = padding;
    }

    /** With the measures of {@code docker ps}. */
    public static Table ofColumns() {
        return new Table(10, 3);
    }

    /** Adds text; cells end at tabs, lines at line feeds. */
    public void add(String text) {
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            lines.add(cells(text.substring(start, end)));
            start = end + 1;
        }
        if (start < text.length()) {
            lines.add(cells(text.substring(start)));
        }
    }

    private static String[] cells(String line) {
        List<String> cells = new ArrayList<>();
        int start = 0;
        for (int tab = line.indexOf('\t'); tab >= 0; tab = line.indexOf('\t', start)) {
            cells.add(line.substring(start, tab));
            start = tab + 1;
        }
        cells.add(line.substring(start));
        return cells.toArray(new String[0]);
    }

    /** The aligned text; every line ends with a line feed. */
    public String layout() {
        int[][] widths = new int[lines.size()][];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = new int[lines.get(i).length - 1];
        }
        for (int line = 0; line < widths.length; line++) {
            for (int column = 0; column < widths[line].length; column++) {
                if (widths[line][column] == 0) {
                    block(widths, line, column);
                }
            }
        }
        StringBuilder out = new StringBuilder();
        for (int line = 0; line < widths.length; line++) {
            write(out, lines.get(line), widths[line]);
        }
        return out.toString();
    }

    /** Measures the column's run of lines that starts at this line. */
    private void block(int[][] widths, int start, int column) {
        int width = least;
        int end = start;
        while (end < widths.length && widths[end].length > column) {
            width = Math.max(width, width(lines.get(end)[column]) + padding);
            end++;
        }
        for (int line = start; line < end; line++) {
            widths[line][column] = width;
        }
    }

    private static void write(StringBuilder out, String[] cells, int[] widths) {
        for (int column = 0; column < cells.length; column++) {
            out.append(cells[column]);
            if (column < widths.length) {
                out.repeat(' ', widths[column] - width(cells[column]));
            }
        }
        out.append('\n');
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
