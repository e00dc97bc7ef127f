package cairn.cli.progress;

/** One line of the screen: text that is cut at its right end, with or without colours (ECMA-48, SGR). */
final class Line {
    enum Colour {
        PLAIN(""),
        FAINT("2"),
        GREEN("32"),
        CYAN("36");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    private final StringBuilder text = new StringBuilder();
    private final int room;
    private final boolean coloured;
    private int columns;

    Line(int room, boolean coloured) {
        this.room = room;
        this.coloured = coloured;
    }

    Line add(String more) {
        return add(Colour.PLAIN, more);
    }

    Line add(Colour colour, String more) {
        int count = Math.min(more.length(), room - columns);
        if (count > 0) {
            boolean code = coloured && colour != Colour.PLAIN;
            text.append(code ? "\033[" + colour.code + "m" : "");
            for (int i = 0; i < count; i++) {
                char c = more.charAt(i);
                // What comes from a registry must not move the cursor.
                text.append(Character.isISOControl(c) ? '?' : c);
            }
            text.append(code ? "\033[0m" : "");
            columns += count;
        }
        return this;
    }

    Line right(String more, int width) {
        return add(" ".repeat(Math.max(0, width - more.length()))).add(more);
    }

    Line left(String more, int width) {
        return add(more).add(" ".repeat(Math.max(0, width - more.length())));
    }

    int left() {
        return room - columns;
    }

    int columns() {
        return columns;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
