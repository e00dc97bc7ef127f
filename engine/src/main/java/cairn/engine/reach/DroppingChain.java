package cairn.engine.reach;

import cairn.linux.Nftables;
import cairn.linux.NftablesException;
import cairn.wire.explain.RuleExplanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A chain of somebody else's that drops what its rules do not accept, by its policy or by a last rule without a condition.
 *
 * @param hook such as {@code forward}
 * @param rule that says so, as nft lists it
 */
record DroppingChain(String family, String table, String chain, String hook, String rule) {
    private static final Set<String> HOOKS = Set.of("prerouting", "input", "forward", "output");
    /** Ours accept what they do not know. */
    private static final String OURS = "cairn_";

    /** Those of the network namespace that the thread is in; none without a firewall. */
    static List<DroppingChain> read() {
        try {
            List<DroppingChain> found = new ArrayList<>();
            for (Base base : bases(Nftables.run("list chains"))) {
                String rule = base.drops() ? base.hooked() : last(base);
                if (!rule.isEmpty()) {
                    found.add(new DroppingChain(base.family, base.table, base.chain, base.hook, rule));
                }
            }
            return found;
        } catch (NftablesException e) {
            return List.of();
        }
    }

    private static String last(Base base) {
        try {
            return lastRule(Nftables.run("list chain " + base.family + " " + base.table + " " + base.chain));
        } catch (NftablesException e) {
            return ""; // It is gone.
        }
    }

    /** A chain that the kernel calls, of somebody else's. @param hooked the line that says where */
    record Base(String family, String table, String chain, String hook, String hooked) {
        boolean drops() {
            return hooked.endsWith("policy drop;");
        }
    }

    /** From what {@code nft list chains} prints. */
    static List<Base> bases(String listing) {
        List<Base> found = new ArrayList<>();
        String[] table = {};
        String chain = "";
        for (String raw : listing.split("\n", -1)) {
            String line = raw.strip();
            String[] words = line.split(" ", -1);
            if (line.startsWith("table ") && words.length >= 3) {
                table = words;
            } else if (line.startsWith("chain ") && words.length >= 2) {
                chain = words[1];
            } else if (line.startsWith("type ") && table.length >= 3 && !table[2].startsWith(OURS)) {
                int hook = List.of(words).indexOf("hook") + 1;
                if (hook > 0 && hook < words.length && HOOKS.contains(words[hook])) {
                    found.add(new Base(table[1], table[2], chain, words[hook], line));
                }
            }
        }
        return found;
    }

    /** The last rule of a listed chain if it drops everything; empty otherwise. */
    static String lastRule(String listing) {
        String last = "";
        for (String raw : listing.split("\n", -1)) {
            String line = raw.strip();
            if (!line.isEmpty() && !line.equals("}")) {
                last = line;
            }
        }
        String bare = last.replaceFirst("^counter packets \\d+ bytes \\d+ ", "");
        return bare.equals("drop") || bare.equals("reject") || bare.startsWith("reject with ") ? last : "";
    }

    String name() {
        return family + " " + table + " " + chain;
    }

    RuleExplanation explain() {
        return new RuleExplanation(
                name(),
                rule,
                switch (hook) {
                    case "forward" -> "drops what is forwarded and its rules do not accept";
                    case "output" -> "drops what this side sends and its rules do not accept";
                    default -> "drops what comes in and its rules do not accept";
                });
    }

    /** Each at one of these hooks may stop the packet; whether its rules accept it is not looked at. */
    static void note(Hops hops, List<DroppingChain> chains, String... hooks) {
        for (DroppingChain chain : chains) {
            if (List.of(hooks).contains(chain.hook)) {
                hops.note(
                        "firewall",
                        "somebody else's chain " + chain.name() + " drops what its rules do not accept, perhaps this",
                        chain.rule);
            }
        }
    }
}
