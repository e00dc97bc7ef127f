package cairn.cli.verb;

import cairn.cli.show.Ages;
import cairn.cli.show.Columns;
import cairn.cli.show.Row;
import cairn.cli.show.Shorten;
import cairn.cli.show.Times;
import cairn.cli.show.Tree;
import cairn.wire.Sizes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** One record of a build cache. */
final class BuildCacheRow extends Row {
    static final Columns COLUMNS = new Columns(
            "*formatter.buildCacheContext",
            "CacheType",
            "CACHE TYPE",
            "CreatedAt",
            "CREATED AT",
            "CreatedSince",
            "CREATED",
            "Description",
            "DESCRIPTION",
            "ID",
            "CACHE ID",
            "InUse",
            "IN USE",
            "LastUsedAt",
            "LAST USED AT",
            "LastUsedSince",
            "LAST USED",
            "Parent",
            "PARENT",
            "Shared",
            "SHARED",
            "Size",
            "SIZE",
            "UsageCount",
            "USAGE");

    private final Tree cached;
    private final boolean full;
    private final long now;

    BuildCacheRow(Tree cached, boolean full, long now) {
        super(COLUMNS);
        this.cached = cached;
        this.full = full;
        this.now = now;
    }

    /** Those that were used last stand last. */
    static List<Tree> sorted(List<Tree> records) {
        List<Tree> sorted = new ArrayList<>(records);
        sorted.sort(Comparator.comparingLong(
                        (Tree record) -> Times.seconds(record.at("LastUsedAt").text()))
                .thenComparing(record -> record.at("ID").text()));
        return sorted;
    }

    @Override
    protected String cell(String column) {
        return switch (column) {
            case "CacheType" -> cached.at("Type").text();
            case "CreatedAt", "LastUsedAt" -> stamp(column);
            case "Description" -> cached.at(column).text();
            case "CreatedSince" -> since("CreatedAt");
            case "LastUsedSince" -> since("LastUsedAt");
            case "ID" -> shortened(cached.at("ID").text()) + (cached.at("InUse").on() ? "*" : "");
            case "Parent" -> shortened(String.join(", ", cached.at("Parents").texts()));
            case "InUse", "Shared" -> String.valueOf(cached.at(column).on());
            case "Size" -> Sizes.decimal(cached.at("Size").number());
            case "UsageCount" -> Long.toString(cached.at("UsageCount").number());
            default -> "";
        };
    }

    private String shortened(String id) {
        return full ? id : Shorten.id(id);
    }

    private String stamp(String member) {
        String time = cached.at(member).text();
        return time.isEmpty() ? "" : Times.stamp(Times.seconds(time));
    }

    private String since(String member) {
        String time = cached.at(member).text();
        return time.isEmpty() ? "" : Ages.ago(Times.seconds(time), now);
    }
}
