package cairn.cli.explain;

import cairn.cli.show.Table;
import cairn.wire.Sizes;
import java.util.List;

/** Text under construction: titles, lines of a label and a value, and tables, all indented by two. */
final class Picture {
    private static final int LABEL = 14;

    private final StringBuilder out = new StringBuilder();

    Picture line(String text) {
        out.append(text).append('\n');
        return this;
    }

    Picture title(String text) {
        if (!out.isEmpty()) {
            out.append('\n');
        }
        return line(text);
    }

    /** Leaves the line out when there is no value. */
    Picture field(String label, String value) {
        return field("  ", label, value);
    }

    Picture field(String indent, String label, String value) {
        if (!value.isEmpty()) {
            out.append(indent)
                    .append(label)
                    .repeat(' ', Math.max(1, LABEL - label.length()))
                    .append(value)
                    .append('\n');
        }
        return this;
    }

    /** Lines of cells separated by tabs. */
    Picture table(String lines) {
        Table table = new Table(2, 2);
        table.add(lines);
        String text = table.layout();
        for (String line : text.split("\n", -1)) {
            if (!line.isBlank()) {
                out.append(line.stripTrailing()).append('\n');
            }
        }
        return this;
    }

    /** {@code sha256:0123456789ab}: enough to tell digests apart. */
    static String digest(String digest) {
        return digest.startsWith("sha256:") && digest.length() > 19 ? digest.substring(0, 19) : digest;
    }

    /** Of an image; the digests that it was pulled under say nothing to who knows its tags. */
    static String names(List<String> all) {
        List<String> tags = all.stream().filter(name -> name.indexOf('@') < 0).toList();
        List<String> shown = tags.isEmpty() ? all : tags;
        return shown.isEmpty() ? "<none>" : String.join(", ", shown);
    }

    static String size(long bytes) {
        return Sizes.decimal(bytes);
    }

    static String count(long count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
