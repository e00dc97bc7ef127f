package cairn.cli.verb;

import cairn.cli.show.Columns;
import cairn.cli.show.Row;
import cairn.cli.show.Sizes;
import cairn.cli.show.Tree;
import java.util.Map;
import java.util.TreeMap;

/** One volume. */
final class VolumeRow extends Row {
    private static final String UNKNOWN = "N/A";

    static final Columns COLUMNS = new Columns(
            "*formatter.volumeContext",
            "Availability",
            "AVAILABILITY",
            "Driver",
            "DRIVER",
            "Group",
            "GROUP",
            "Labels",
            "LABELS",
            "Links",
            "LINKS",
            "Mountpoint",
            "MOUNTPOINT",
            "Name",
            "VOLUME NAME",
            "Scope",
            "SCOPE",
            "Size",
            "SIZE",
            "Status",
            "STATUS");

    private final Tree volume;

    VolumeRow(Tree volume) {
        super(COLUMNS);
        this.volume = volume;
    }

    @Override
    protected String cell(String column) {
        Tree usage = volume.at("UsageData");
        return switch (column) {
            case "Driver", "Mountpoint", "Name", "Scope" -> volume.at(column).text();
            case "Labels" -> labels();
            case "Links" -> usage.there() ? Long.toString(usage.at("RefCount").number()) : UNKNOWN;
            case "Size" -> usage.there() ? Sizes.precise(usage.at("Size").number()) : UNKNOWN;
            case "Availability", "Group", "Status" -> UNKNOWN;
            default -> "";
        };
    }

    private String labels() {
        StringBuilder out = new StringBuilder();
        for (Map.Entry<String, Tree> label : new TreeMap<>(volume.at("Labels").members()).entrySet()) {
            out.append(out.isEmpty() ? "" : ",").append(label.getKey()).append('=');
            out.append(label.getValue().text());
        }
        return out.toString();
    }

    @Override
    protected String label(String name) {
        return volume.at("Labels", name).text();
    }
}
