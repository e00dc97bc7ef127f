package cairn.cli.explain;

import cairn.wire.explain.BridgeExplanation;
import cairn.wire.explain.MemberExplanation;
import cairn.wire.explain.RuleExplanation;
import java.util.List;

/** A network: what it hangs on, who is on it, and what the firewall does to its packets. */
public final class NetworkPicture {
    private NetworkPicture() {}

    public static String of(BridgeExplanation network) {
        Picture picture = new Picture();
        picture.line("network " + network.name() + " "
                        + Picture.digest(network.id()).substring(0, 12))
                .field("driver", network.driver() + (network.internal() ? ", internal" : ""));
        for (String subnet : list(network.subnets())) {
            picture.field("subnet", subnet);
        }
        if (!network.link().isEmpty()) {
            picture.field("link", network.link() + ", " + network.linkState())
                    .field("addresses", String.join(", ", list(network.addresses())));
            for (String bridge : list(network.further())) {
                picture.field("further link", bridge);
            }
            for (String route : list(network.routes())) {
                picture.field("route", route + " over " + network.link());
            }
        }
        members(picture, list(network.members()));
        if (!network.table().isEmpty()) {
            rules(picture, network.table(), list(network.rules()));
        }
        return picture.toString();
    }

    private static <T> List<T> list(@org.jspecify.annotations.Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static void members(Picture picture, List<MemberExplanation> members) {
        picture.title(members.isEmpty() ? "No container is on it" : "Containers");
        StringBuilder lines = new StringBuilder();
        for (MemberExplanation member : members) {
            lines.append("  ").append(member.container()).append('\t');
            lines.append(String.join(" ", list(member.addresses()))).append('\t');
            lines.append(member.macAddress()).append('\t');
            lines.append(
                            member.hostInterface().isEmpty()
                                    ? ""
                                    : member.hostInterface() + (member.plugged() ? "" : " (MISSING)"))
                    .append('\t');
            List<String> names = list(member.names());
            lines.append(names.isEmpty() ? "" : "known as " + String.join(", ", names))
                    .append('\n');
        }
        picture.table(lines.toString());
    }

    private static void rules(Picture picture, String table, List<RuleExplanation> rules) {
        picture.title(
                rules.isEmpty()
                        ? "No rules: there is no table " + table + " in the firewall"
                        : "Rules (nft list table ip " + table + ")");
        String chain = "";
        for (RuleExplanation rule : rules) {
            if (!rule.chain().equals(chain)) {
                chain = rule.chain();
                picture.line("  " + chain);
            }
            picture.line("    " + rule.rule());
            if (!rule.meaning().isEmpty()) {
                picture.line("      " + rule.meaning());
            }
        }
    }
}
