package cairn.cli.verb;

import cairn.cli.show.Ages;
import cairn.cli.show.Columns;
import cairn.cli.show.Row;
import cairn.cli.show.Tree;
import cairn.wire.Sizes;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** One volume. */
final class VolumeRow extends Row {
    private static final String UNKNOWN = "N/A";

    /** Docker's, and what only Cairn knows. */
    static final Columns WITH_USES = new Columns(
            "*formatter.volumeContext",
            "Availability",
            "AVAILABILITY",
            "Driver",
            "DRIVER",
            "Group",
            "GROUP",
            "Labels",
            "LABELS",
            "LastUsed",
            "LAST USED",
            "Limit",
            "LIMIT",
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
            "STATUS",
            "UsedBy",
            "USED BY");

    static final Columns COLUMNS = WITH_USES.without("LastUsed", "Limit", "UsedBy");

    private final Tree volume;
    private final boolean ownColumns;

    VolumeRow(Tree volume) {
        this(volume, COLUMNS);
    }

    /** {@code columns} is one of the two above. */
    VolumeRow(Tree volume, Columns columns) {
        super(columns);
        this.volume = volume;
        this.ownColumns = columns == WITH_USES;
    }

    @Override
    protected String cell(String column) {
        Tree usage = volume.at("UsageData");
        return switch (column) {
            case "Driver", "Mountpoint", "Name", "Scope" -> volume.at(column).text();
            case "Labels" -> labels();
            case "Links" -> usage.there() ? Long.toString(usage.at("RefCount").number()) : UNKNOWN;
            case "Size" ->
                usage.there() && !(ownColumns && usage.at("Size").number() < 0)
                        ? Sizes.precise(usage.at("Size").number())
                        : UNKNOWN;
            case "LastUsed" -> lastUsed();
            case "Limit" -> volume.at("Options", "size").text();
            case "UsedBy" -> String.join(",", volume.at("Status", "UsedBy").texts());
            case "Availability", "Group", "Status" -> UNKNOWN;
            default -> "";
        };
    }

    private String lastUsed() {
        if (volume.at("Status", "InUse").there()) {
            return "now";
        }
        String last = volume.at("Status", "LastUsed").text();
        return last.isEmpty()
                ? ""
                : Ages.ago(
                        Instant.parse(last).getEpochSecond(), Clock.systemUTC().millis() / 1000);
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
