package cairn.cli.progress;

import java.util.ArrayList;
import java.util.List;

/** As much of a terminal as the progress display uses: what a person would see after some output, with what scrolled away. */
final class TerminalEmulator {
    private int columns;
    private final int rows;
    private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
    private int row;
    private int column;

    TerminalEmulator(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /** Breaks the lines anew, as terminals do today; the cursor stays on its text. */
    void resize(int width) {
        List<StringBuilder> broken = new ArrayList<>();
        int cursor = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (i == row) {
                cursor = broken.size();
            }
            String text = lines.get(i).toString();
            do {
                int end = Math.min(width, text.length());
                broken.add(new StringBuilder(text.substring(0, end)));
                text = text.substring(end);
            } while (!text.isEmpty());
        }
        lines.clear();
        lines.addAll(broken);
        row = cursor;
        columns = width;
    }

    void write(String output) {
        for (int at = 0; at < output.length(); at++) {
            char c = output.charAt(at);
            switch (c) {
                case '\r' -> column = 0;
                case '\n' -> newLine();
                case '\033' -> at = sequence(output, at + 2);
                default -> put(c);
            }
        }
    }

    private void newLine() {
        row++;
        column = 0;
        if (row == lines.size()) {
            lines.add(new StringBuilder());
        }
    }

    private void put(char c) {
        if (column == columns) {
            newLine();
        }
        StringBuilder line = lines.get(row);
        while (line.length() <= column) {
            line.append(' ');
        }
        line.setCharAt(column++, c);
    }

    /** Carries out a control sequence; returns where it ends. */
    private int sequence(String output, int from) {
        int end = from;
        while (Character.isDigit(output.charAt(end)) || output.charAt(end) == ';') {
            end++;
        }
        switch (output.charAt(end)) {
            case 'A' -> row = Math.max(Math.max(0, lines.size() - rows), row - Integer.parseInt(output, from, end, 10));
            case 'K' -> lines.get(row).setLength(Math.min(column, lines.get(row).length()));
            case 'J' -> {
                lines.get(row).setLength(Math.min(column, lines.get(row).length()));
                lines.subList(row + 1, lines.size()).clear();
            }
            case 'm' -> {
                // colours are not seen here
            }
            default -> throw new IllegalStateException("unknown sequence " + output.substring(from, end + 1));
        }
        return end;
    }

    /** Everything, the scrolled lines too, without spaces at the ends of lines. */
    String seen() {
        StringBuilder out = new StringBuilder();
        for (StringBuilder line : lines) {
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString().stripTrailing() + "\n";
    }
}
