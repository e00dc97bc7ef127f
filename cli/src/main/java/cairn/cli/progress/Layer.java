package cairn.cli.progress;

import cairn.wire.Sizes;

/** The work on one layer, as its last message tells. */
final class Layer {
    private static final int STATUS = 13;
    private static final int NUMBER = 8;
    private static final int RATE = 11;
    private static final int LEFT = 7;
    private static final int SHORTEST_BAR = 12;
    private static final int LONGEST_BAR = 42;

    private Message last;
    private long size;
    private Rate rate = new Rate();

    Layer(Message first, long nanos) {
        last = first;
        note(first, nanos);
    }

    void note(Message message, long nanos) {
        if (!message.status().equals(last.status())) {
            rate = new Rate();
        }
        last = message;
        if (message.counts()) {
            rate.note(message.current(), nanos);
        }
        if (travels()) {
            size = Math.max(size, Math.max(message.total(), message.current()));
        }
    }

    boolean done() {
        return switch (last.status()) {
            case "Pull complete", "Already exists", "Pushed", "Layer already exists" -> true;
            case "Loading layer" -> last.total() > 0 && last.current() >= last.total();
            default -> last.status().startsWith("Mounted from");
        };
    }

    /** Whether its bytes are under way now. */
    private boolean travels() {
        return switch (last.status()) {
            case "Downloading", "Pushing", "Loading layer" -> true;
            default -> false;
        };
    }

    /** Bytes that have to travel; 0 while that is not known. */
    long size() {
        return size;
    }

    /** Bytes that have travelled. */
    long travelled() {
        return travels() ? Math.min(size, last.current()) : size;
    }

    Line line(int room, boolean coloured, long nanos) {
        Line line = new Line(room, coloured).add(last.id()).add(": ");
        if (!last.counts()) {
            return line.add(done() ? Line.Colour.GREEN : Line.Colour.PLAIN, last.status());
        }
        line.left(last.status(), STATUS).add(" ");
        if (!last.units().isEmpty() || last.total() == 0) {
            String count = last.units().isEmpty() ? Sizes.decimal(last.current()) : last.current() + " " + last.units();
            return line.right(count, NUMBER);
        }
        bar(line);
        line.right(Sizes.decimal(last.current()), NUMBER);
        if (last.current() <= last.total()) {
            line.add("/").left(Sizes.decimal(last.total()), NUMBER);
        }
        double speed = rate.perSecond(nanos);
        if (speed > 0 && last.current() < last.total()) {
            line.right(Sizes.decimal((long) speed) + "/s", RATE);
            line.right(Spans.of((last.total() - last.current()) / speed), LEFT);
        }
        return line;
    }

    /** As wide as the numbers leave room for; left out on a narrow terminal. */
    private void bar(Line line) {
        int width = Math.min(LONGEST_BAR, line.left() - 1 - NUMBER - 1 - NUMBER - RATE - LEFT);
        if (width < SHORTEST_BAR) {
            return;
        }
        int inner = width - 2;
        double part = Math.min(1, (double) last.current() / last.total());
        int filled = (int) (part * inner);
        String text = "=".repeat(filled) + (filled < inner ? ">" : "");
        line.add("[")
                .add(Line.Colour.CYAN, text)
                .left("", inner - text.length())
                .add("] ");
    }
}
