package cairn.cli.explain;

import cairn.wire.upkeep.GcDecision;
import cairn.wire.upkeep.GcReport;

/** Which images go and which stay to keep within a budget, each with its reason. */
public final class GcPicture {
    private GcPicture() {}

    public static String of(GcReport report) {
        Picture picture = new Picture();
        StringBuilder lines = new StringBuilder();
        for (GcDecision decision : report.decisions()) {
            String verb = !decision.removed() ? "stays" : report.dryRun() ? "would go" : "removed";
            lines.append(verb)
                    .append('\t')
                    .append(Picture.names(decision.names()))
                    .append('\t');
            lines.append(Picture.digest(decision.id()).replace("sha256:", "")).append('\t');
            lines.append(decision.removed() ? "frees " + Picture.size(decision.bytes()) : "")
                    .append('\t');
            lines.append(decision.reason()).append('\n');
        }
        picture.table(lines.toString());
        String after = Picture.size(report.after());
        picture.line(Picture.size(report.before()) + (report.dryRun() ? " would become " : " became ") + after
                + " of " + Picture.size(report.keep())
                + (report.after() > report.keep() ? "; the rest is in use, pinned or shared" : ""));
        return picture.toString();
    }
}
