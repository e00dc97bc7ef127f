package cairn.cli.explain;

import cairn.wire.explain.DifferentPath;
import cairn.wire.explain.ImageDifference;

/** What tells two images apart: sums first, then a line for each path. */
public final class DifferencePicture {
    private DifferencePicture() {}

    public static String of(ImageDifference difference) {
        Picture picture = new Picture();
        picture.line("From " + difference.from() + " to " + difference.to());
        if (difference.added() + difference.removed() + difference.changed() == 0) {
            return picture.line("  no difference in files").toString();
        }
        picture.field("added", sum(difference.added(), difference.addedBytes()))
                .field("removed", sum(difference.removed(), difference.removedBytes()))
                .field("changed", sum(difference.changed(), difference.changedBytes()))
                .field("not listed", difference.incomplete())
                .line("");
        StringBuilder lines = new StringBuilder();
        for (DifferentPath path : difference.paths()) {
            lines.append(mark(path.kind())).append(' ').append(shown(path)).append('\t');
            lines.append(size(path)).append('\t').append(path.what()).append('\t');
            lines.append("layer ").append(path.layer());
            String instruction = Layers.instruction(path.instruction());
            lines.append(instruction.isEmpty() ? "" : ": " + instruction).append('\n');
        }
        return picture.table(lines.toString()).toString();
    }

    private static String sum(long count, long bytes) {
        if (count == 0) {
            return "";
        }
        String sign = bytes < 0 ? "-" : "";
        return Picture.count(count, "path", "paths") + ", " + sign + Picture.size(Math.abs(bytes));
    }

    /** As {@code docker diff} marks them. */
    private static String mark(String kind) {
        return switch (kind) {
            case "added" -> "A";
            case "removed" -> "D";
            default -> "C";
        };
    }

    private static String shown(DifferentPath path) {
        String text = path.path().replace('\t', '?').replace('\n', '?');
        return path.type().equals("directory") ? text + "/" : text;
    }

    private static String size(DifferentPath path) {
        if (path.type().equals("directory")) {
            return "";
        }
        if (path.kind().equals("changed") && path.sizeBefore() != path.size()) {
            return Picture.size(path.sizeBefore()) + " to " + Picture.size(path.size());
        }
        return Picture.size(path.kind().equals("removed") ? path.sizeBefore() : path.size());
    }
}
