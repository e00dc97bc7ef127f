package cairn.cli.verb;

import cairn.cli.show.Columns;
import cairn.cli.show.Row;
import cairn.cli.show.Tree;
import cairn.wire.Sizes;
import java.util.List;

/** One line of {@code cairn system df}: all things of one kind together. */
final class UsageRow extends Row {
    static final Columns COLUMNS = new Columns(
            "*formatter.diskUsageImagesContext",
            "Active",
            "ACTIVE",
            "Reclaimable",
            "RECLAIMABLE",
            "Size",
            "SIZE",
            "TotalCount",
            "TOTAL",
            "Type",
            "TYPE");

    private final String type;
    private final long total;
    private final long active;
    private final long size;
    private final long reclaimable;
    private final boolean percent;

    private UsageRow(String type, long total, long active, long size, long reclaimable, boolean percent) {
        super(COLUMNS);
        this.type = type;
        this.total = total;
        this.active = active;
        this.size = size;
        this.reclaimable = reclaimable;
        this.percent = percent;
    }

    static List<UsageRow> all(Tree usage) {
        return List.of(
                images(usage.at("Images").items(), usage.at("LayersSize").number()),
                containers(usage.at("Containers").items()),
                volumes(usage.at("Volumes").items()),
                buildCache(usage));
    }

    /** What an image in use has to itself cannot be freed; a shared layer goes with the last image that has it. */
    private static UsageRow images(List<Tree> images, long size) {
        long active = 0;
        long used = 0;
        for (Tree image : images) {
            long containers = image.at("Containers").number();
            long own = image.at("Size").number();
            long shared = image.at("SharedSize").number();
            active += containers > 0 ? 1 : 0;
            used += containers != 0 && own != -1 && shared != -1 ? own - shared : 0;
        }
        return new UsageRow("Images", images.size(), active, size, size - used, true);
    }

    private static UsageRow containers(List<Tree> containers) {
        long active = 0;
        long size = 0;
        long reclaimable = 0;
        for (Tree container : containers) {
            long written = container.at("SizeRw").number();
            boolean runs = switch (container.at("State").text()) {
                case "running", "paused", "restarting" -> true;
                default -> false;
            };
            active += runs ? 1 : 0;
            size += written;
            reclaimable += runs ? 0 : written;
        }
        return new UsageRow("Containers", containers.size(), active, size, reclaimable, true);
    }

    private static UsageRow volumes(List<Tree> volumes) {
        long active = 0;
        long size = 0;
        long reclaimable = 0;
        for (Tree volume : volumes) {
            long users = volume.at("UsageData", "RefCount").number();
            long held = Math.max(0, volume.at("UsageData", "Size").number());
            active += users > 0 ? 1 : 0;
            size += held;
            reclaimable += users == 0 ? held : 0;
        }
        return new UsageRow("Local Volumes", volumes.size(), active, size, reclaimable, true);
    }

    private static UsageRow buildCache(Tree usage) {
        long active = 0;
        long used = 0;
        List<Tree> records = usage.at("BuildCache").items();
        for (Tree record : records) {
            boolean uses = record.at("InUse").on();
            active += uses ? 1 : 0;
            used += uses && !record.at("Shared").on() ? record.at("Size").number() : 0;
        }
        long size = ownBuildCache(usage);
        return new UsageRow("Build Cache", records.size(), active, size, size - used, false);
    }

    /** Bytes of the build cache that no image shares. */
    static long ownBuildCache(Tree usage) {
        long size = 0;
        for (Tree record : usage.at("BuildCache").items()) {
            size += record.at("Shared").on() ? 0 : record.at("Size").number();
        }
        return size;
    }

    @Override
    protected String cell(String column) {
        return switch (column) {
            case "Type" -> type;
            case "TotalCount" -> Long.toString(total);
            case "Active" -> Long.toString(active);
            case "Size" -> Sizes.precise(size);
            case "Reclaimable" -> {
                String text = Sizes.precise(reclaimable);
                yield percent && size > 0 ? text + " (" + reclaimable * 100 / size + "%)" : text;
            }
            default -> "";
        };
    }
}
