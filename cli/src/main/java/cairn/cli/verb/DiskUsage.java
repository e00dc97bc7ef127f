package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Listing;
import cairn.cli.show.Row;
import cairn.cli.show.Tree;
import cairn.cli.template.Absent;
import cairn.cli.template.JsonText;
import cairn.cli.template.Template;
import cairn.wire.Sizes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code cairn system df}. */
public final class DiskUsage implements Verb {
    private static final List<String> SUMS = List.of("Type", "TotalCount", "Active", "Size", "Reclaimable");
    private static final List<String> IMAGES =
            List.of("Repository", "Tag", "ID", "CreatedSince", "Size", "SharedSize", "UniqueSize", "Containers");
    private static final List<String> CONTAINERS =
            List.of("ID", "Image", "Command", "LocalVolumes", "Size", "RunningFor", "Status", "Names");
    private static final List<String> VOLUMES = List.of("Name", "Links", "Size");
    private static final List<String> BUILD_CACHE =
            List.of("ID", "CacheType", "Size", "CreatedSince", "LastUsedSince", "UsageCount", "Shared");

    @Override
    public Usage usage() {
        Flags flags =
                new Flags().text("format", Texts.FORMAT).bool("v,verbose", "Show each image, container and volume");
        return Usage.of("", 0, 0, flags).with("""
                        Layers that images share are counted once. What is reclaimable is what 'cairn system prune -a
                        --volumes' would free.""");
    }

    @Override
    public int run(Arguments given, Session session) {
        String format = given.text("format");
        Tree usage = session.daemon().get(new Query("/system/df"));
        if (!given.on("verbose")) {
            session.out().print(Listing.text(UsageRow.COLUMNS, UsageRow.all(usage), format, SUMS));
            return 0;
        }
        boolean table = format.isEmpty() || format.equals("table");
        Parts parts = Parts.of(usage, !table, Clock.systemUTC().millis() / 1000);
        if (table) {
            session.out().print(parts.tables(UsageRow.ownBuildCache(usage)));
        } else if (format.equals("json")) {
            session.out().print(JsonText.compact(parts.all()));
        } else {
            String source = format.replace("\\t", "\t").replace("\\n", "\n");
            session.out().print(Template.parse(source).render(parts.all(), Absent.LENIENT));
        }
        return 0;
    }

    /** The rows of the four tables. */
    private record Parts(
            List<ImageRow> images, List<ContainerRow> containers, List<VolumeRow> volumes, List<BuildCacheRow> cache) {
        static Parts of(Tree usage, boolean full, long now) {
            Parts parts = new Parts(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (Tree image : usage.at("Images").items()) {
                parts.images.add(ImageRow.first(image, full, now));
            }
            for (Tree container : usage.at("Containers").items()) {
                parts.containers.add(new ContainerRow(without(container, "SizeRootFs"), full, now));
            }
            for (Tree volume : usage.at("Volumes").items()) {
                parts.volumes.add(new VolumeRow(volume));
            }
            for (Tree record : BuildCacheRow.sorted(usage.at("BuildCache").items())) {
                parts.cache.add(new BuildCacheRow(record, full, now));
            }
            return parts;
        }

        private static Tree without(Tree item, String member) {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            item.members().forEach((name, value) -> members.put(name, value.value()));
            members.remove(member);
            return new Tree(members);
        }

        /** As templates see them. */
        Map<String, List<? extends Row>> all() {
            Map<String, List<? extends Row>> all = new LinkedHashMap<>();
            all.put("Images", images);
            all.put("Containers", containers);
            all.put("Volumes", volumes);
            all.put("BuildCache", cache);
            return all;
        }

        String tables(long cached) {
            return "Images space usage:\n\n" + Listing.text(ImageRow.COLUMNS, images, "", IMAGES)
                    + "\nContainers space usage:\n\n"
                    + Listing.text(ContainerRow.COLUMNS, containers, "", CONTAINERS)
                    + "\nLocal Volumes space usage:\n\n"
                    + Listing.text(VolumeRow.COLUMNS, volumes, "", VOLUMES)
                    + "\nBuild cache usage: " + Sizes.precise(cached) + "\n\n"
                    + Listing.text(BuildCacheRow.COLUMNS, cache, "", BUILD_CACHE);
        }
    }
}
