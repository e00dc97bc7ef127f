package cairn.cli.progress;

import cairn.wire.Sizes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The block of lines that is rewritten in place: one for each layer, in the order in which they were first heard of. */
final class Board {
    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private final Rate rate = new Rate();
    private final boolean coloured;

    Board(boolean coloured) {
        this.coloured = coloured;
    }

    void note(Message message, long nanos) {
        Layer layer = layers.get(message.id());
        if (layer == null) {
            layers.put(message.id(), new Layer(message, nanos));
        } else {
            layer.note(message, nanos);
        }
    }

    boolean isEmpty() {
        return layers.isEmpty();
    }

    /** The lines for a screen of this size, with one for the sum where there are several layers. */
    List<Line> lines(int columns, int rows, long nanos) {
        List<Line> lines = new ArrayList<>();
        // The last column stays free: a terminal that has filled it is about to wrap.
        int room = Math.max(1, columns - 1);
        // One row for the cursor below the block, one for the sum.
        int fit = Math.max(1, rows - 2);
        List<Layer> shown = layers.size() <= fit ? new ArrayList<>(layers.values()) : chosen(fit - 1);
        for (Layer layer : shown) {
            lines.add(layer.line(room, coloured, nanos));
        }
        int hidden = layers.size() - shown.size();
        if (hidden > 0) {
            lines.add(new Line(room, coloured).add(Line.Colour.FAINT, "and " + hidden + " more layers"));
        }
        sum(lines, room, nanos);
        return lines;
    }

    /** All lines, without the sum: how it ended. */
    List<Line> last(int columns, long nanos) {
        List<Line> lines = new ArrayList<>();
        for (Layer layer : layers.values()) {
            lines.add(layer.line(Math.max(1, columns - 1), coloured, nanos));
        }
        return lines;
    }

    /** Those at work first, then as many of the others as fit, in their order. */
    private List<Layer> chosen(int most) {
        List<Layer> chosen = new ArrayList<>();
        for (Layer layer : layers.values()) {
            if (!layer.done() && chosen.size() < most) {
                chosen.add(layer);
            }
        }
        int spare = most - chosen.size();
        List<Layer> ordered = new ArrayList<>();
        for (Layer layer : layers.values()) {
            if (chosen.contains(layer) || (layer.done() && spare-- > 0)) {
                ordered.add(layer);
            }
        }
        return ordered;
    }

    private void sum(List<Line> lines, int room, long nanos) {
        int done = 0;
        long travelled = 0;
        long size = 0;
        for (Layer layer : layers.values()) {
            done += layer.done() ? 1 : 0;
            travelled += layer.travelled();
            size += layer.size();
        }
        rate.note(travelled, nanos);
        if (layers.size() < 2 || size == 0 || done == layers.size()) {
            return;
        }
        StringBuilder text = new StringBuilder()
                .append(done)
                .append(" of ")
                .append(layers.size())
                .append(" layers, ")
                .append(Sizes.decimal(travelled))
                .append(" of ")
                .append(Sizes.decimal(size));
        double speed = rate.perSecond(nanos);
        if (speed > 0 && travelled < size) {
            text.append(", ").append(Sizes.decimal((long) speed)).append("/s, ");
            text.append(Spans.of((size - travelled) / speed)).append(" left");
        }
        lines.add(new Line(room, coloured).add(Line.Colour.FAINT, text.toString()));
    }

    void clear() {
        layers.clear();
    }
}
