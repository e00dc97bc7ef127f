package cairn.cli.explain;

import cairn.wire.explain.HopExplanation;
import cairn.wire.explain.ListenerExplanation;
import java.util.List;

/** What a packet meets, line by line, and sockets that wait for it. */
final class HopLines {
    private HopLines() {}

    static void add(Picture picture, List<HopExplanation> hops) {
        for (HopExplanation hop : hops) {
            String mark = switch (hop.state()) {
                case HopExplanation.PASSES -> "ok    ";
                case HopExplanation.STOPS -> "STOP  ";
                default -> "note  ";
            };
            picture.field("  " + mark, hop.place(), hop.what());
            if (!hop.evidence().isEmpty()) {
                picture.line("                      " + hop.evidence());
            }
        }
    }

    static void listeners(Picture picture, String title, List<ListenerExplanation> listeners) {
        if (listeners.isEmpty()) {
            return;
        }
        picture.title(title);
        StringBuilder lines = new StringBuilder();
        for (ListenerExplanation listener : listeners) {
            String address = listener.address();
            lines.append("  ")
                    .append(address.indexOf(':') < 0 ? address : "[" + address + "]")
                    .append(':')
                    .append(listener.port())
                    .append('/')
                    .append(listener.protocol())
                    .append('\t')
                    .append(listener.pid() == 0 ? "" : "pid " + listener.pid())
                    .append('\t')
                    .append(String.join(" ", listener.command())
                            .replace('\t', ' ')
                            .replace('\n', ' '))
                    .append('\t')
                    .append(listener.takes() ? "takes it" : "")
                    .append('\n');
        }
        picture.table(lines.toString());
    }

    static void hint(Picture picture, String hint) {
        if (!hint.isEmpty()) {
            picture.title("What to do").line("  " + hint);
        }
    }
}
