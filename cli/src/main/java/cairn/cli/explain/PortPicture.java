package cairn.cli.explain;

import cairn.wire.explain.HolderExplanation;
import cairn.wire.explain.HopExplanation;
import cairn.wire.explain.PortExplanation;
import cairn.wire.explain.RuleExplanation;
import cairn.wire.explain.WayExplanation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A port of the host: who has it, the way from each side, and what is in the way. */
public final class PortPicture {
    private PortPicture() {}

    public static String of(PortExplanation port) {
        Picture picture = new Picture();
        picture.line(port.summary());
        for (HolderExplanation holder : port.holders()) {
            holder(picture, holder);
        }
        if (!port.dropping().isEmpty()) {
            picture.title("Chains of others that drop what their rules do not accept");
            for (RuleExplanation rule : port.dropping()) {
                picture.line("  " + rule.chain()).line("    " + rule.rule()).line("      " + rule.meaning());
            }
        }
        if (port.holders().isEmpty()) {
            HopLines.hint(picture, port.hint());
        }
        return picture.toString();
    }

    private static void holder(Picture picture, HolderExplanation holder) {
        picture.title("Port " + String.join(", ", holder.bindings())
                        + (holder.target().isEmpty()
                                ? ""
                                : " of container " + holder.container() + ", " + holder.target()))
                .field("network", holder.network());
        // Mostly several come the same way.
        Map<List<HopExplanation>, List<String>> ways = new LinkedHashMap<>();
        for (WayExplanation way : holder.ways()) {
            ways.computeIfAbsent(way.hops(), hops -> new ArrayList<>()).add(way.from());
        }
        ways.forEach((hops, from) -> {
            picture.title("From " + String.join("\nand from ", from));
            HopLines.add(picture, hops);
        });
        if (!holder.inside().isEmpty()) {
            picture.title("To the program in " + holder.container() + ", from all of these");
            HopLines.add(picture, holder.inside());
        }
        HopLines.listeners(picture, "Sockets of this host that hold it", holder.sockets());
        HopLines.listeners(picture, "What listens in " + holder.container(), holder.listeners());
        HopLines.hint(picture, holder.hint());
    }
}
