package cairn.cli.args;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The block of flags in a help text: names in one column, wrapped explanations in the next. */
public final class Help {
    private static final int LEAST_TEXT = 24;

    private Help() {}

    /** One line or more per visible flag, sorted by name, {@code width} columns wide, each ended by a line feed. */
    public static String flags(Flags flags, int width) {
        List<Flag> visible = new ArrayList<>();
        int column = 0;
        for (Flag flag : flags.all()) {
            if (!flag.hidden()) {
                visible.add(flag);
                column = Math.max(column, left(flag).length());
            }
        }
        visible.sort(Comparator.comparing(Flag::name));
        StringBuilder out = new StringBuilder();
        for (Flag flag : visible) {
            String left = left(flag);
            out.append(left).repeat(' ', column + 3 - left.length());
            wrap(out, flag.help() + initial(flag), column + 3, width);
        }
        return out.toString();
    }

    private static String left(Flag flag) {
        StringBuilder text = new StringBuilder("  ");
        if (flag.shorthand() == 0) {
            text.append("    ");
        } else {
            text.append('-').append(flag.shorthand()).append(", ");
        }
        text.append("--").append(flag.name());
        if (flag.kind() != Kind.BOOL) {
            text.append(' ').append(flag.kind().word());
        }
        return text.toString();
    }

    private static String initial(Flag flag) {
        @Nullable String value = flag.initial();
        if (value == null || value.isEmpty() || (flag.kind() == Kind.BOOL && value.equals("false"))) {
            return "";
        }
        return flag.kind() == Kind.STRING ? " (default \"" + value + "\")" : " (default " + value + ")";
    }

    /** Appends the text, broken at spaces, its further lines indented to the column. */
    public static void wrap(StringBuilder out, String text, int column, int width) {
        int room = Math.max(LEAST_TEXT, width - column);
        int start = 0;
        while (text.length() - start > room) {
            int cut = text.lastIndexOf(' ', start + room);
            if (cut <= start) {
                cut = text.indexOf(' ', start + room);
            }
            if (cut < 0) {
                break;
            }
            out.append(text, start, cut).append('\n').repeat(' ', column);
            start = cut + 1;
        }
        out.append(text, start, text.length()).append('\n');
    }
}
