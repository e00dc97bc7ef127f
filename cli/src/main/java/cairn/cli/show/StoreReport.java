package cairn.cli.show;

import cairn.wire.Sizes;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store check for people: worst first, a sentence each, and what to do next. */
public final class StoreReport {
    private static final Map<String, String> TITLES = titles();

    private final PrintStream out;

    public StoreReport(PrintStream out) {
        this.out = out;
    }

    private static Map<String, String> titles() {
        Map<String, String> titles = new LinkedHashMap<>();
        titles.put("DAMAGE", "Damaged");
        titles.put("EXPOSED", "Open to others");
        titles.put("INCONSISTENT", "Not as it says");
        titles.put("LEAK", "Left over");
        return titles;
    }

    /**
     * @param repairs what a repair did; null if none was asked for
     * @param left what is still there after it
     */
    public void print(List<Tree> findings, @Nullable List<Tree> repairs, List<Tree> left, Tree summary) {
        findings(findings, repairs != null);
        if (repairs != null && !findings.isEmpty()) {
            repairs(repairs);
            if (!left.isEmpty()) {
                out.println("Still there");
                left.forEach(finding -> finding(finding, true));
                out.println();
            }
        }
        owners(summary);
        verdict(findings, repairs, summary);
    }

    private void findings(List<Tree> findings, boolean repaired) {
        TITLES.forEach((severity, title) -> {
            List<Tree> some = findings.stream()
                    .filter(finding -> finding.at("Severity").text().equals(severity))
                    .toList();
            if (!some.isEmpty()) {
                out.println(title + " (" + some.size() + ")");
                some.forEach(finding -> finding(finding, !repaired));
                out.println();
            }
        });
    }

    private void finding(Tree finding, boolean remedy) {
        String owner = finding.at("OwnerName").text();
        String type = finding.at("Owner").text().toLowerCase(Locale.ROOT);
        out.println("  " + (owner.isEmpty() ? "" : type + " " + shortened(owner) + ": ")
                + finding.at("What").text() + "; " + finding.at("Harm").text());
        out.println("    at      " + finding.at("Path").text());
        if (remedy) {
            out.println("    repair  " + finding.at("Repair").text());
        }
    }

    /** Digests by their first digits, as everywhere. */
    private static String shortened(String name) {
        return name.replaceAll("sha256:([0-9a-f]{12})[0-9a-f]{52}", "$1");
    }

    private void repairs(List<Tree> repairs) {
        out.println("Repaired");
        for (Tree repair : repairs) {
            String fault = repair.at("Fault").text();
            out.println("  " + (fault.isEmpty() ? "" : "NOT DONE: ")
                    + repair.at("Action").text() + (fault.isEmpty() ? "" : ": " + fault));
        }
        out.println();
    }

    private void owners(Tree summary) {
        StringBuilder line = new StringBuilder();
        for (Tree share : summary.at("Owners").items()) {
            line.append(line.isEmpty() ? "" : ", ")
                    .append(share.at("Owner").text().toLowerCase(Locale.ROOT))
                    .append(' ')
                    .append(Sizes.decimal(share.at("Bytes").number()));
        }
        out.println(count(summary, "Layers", "layer") + ", " + count(summary, "Images", "image") + ", "
                + count(summary, "Containers", "container") + "; by owner: " + line);
    }

    private static String count(Tree summary, String member, String noun) {
        long number = summary.at(member).number();
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private void verdict(List<Tree> findings, @Nullable List<Tree> repairs, Tree summary) {
        long left = summary.at("Findings").number();
        long repairable = summary.at("Repairable").number();
        String how = summary.at("Contents").on() ? "" : " (files in layers were not read; without --fast they are)";
        if (left == 0) {
            out.println(
                    findings.isEmpty() ? "The store is whole" + how + "." : "Repaired; the store is whole" + how + ".");
            return;
        }
        out.println((left == 1 ? "1 thing is" : left + " things are") + (repairs == null ? "" : " still") + " wrong"
                + how + ".");
        if (repairs == null && repairable > 0) {
            out.println("'cairn store check --repair' does something about "
                    + (repairable == left ? (left == 1 ? "it." : "all of them.") : repairable + " of them."));
        } else {
            out.println("A repair cannot help; each finding says what can.");
        }
    }
}
