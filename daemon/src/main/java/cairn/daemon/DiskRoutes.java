package cairn.daemon;

import cairn.engine.Engine;
import cairn.engine.container.ContainerFilter;
import cairn.engine.error.Problem;
import cairn.engine.image.Image;
import cairn.engine.image.ImageFilter;
import cairn.engine.image.ImagePrune;
import cairn.engine.image.ImageSizes;
import cairn.engine.image.Removed;
import cairn.wire.Filters;
import cairn.wire.PruneFilters;
import cairn.wire.container.ContainersPruneReport;
import cairn.wire.image.ImageDeleteItem;
import cairn.wire.image.ImageSummary;
import cairn.wire.image.ImagesPruneReport;
import cairn.wire.network.NetworksPruneReport;
import cairn.wire.system.BuildPruneReport;
import cairn.wire.system.DiskUsage;
import cairn.wire.volume.VolumesPruneReport;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the disk is used for, and giving back what nobody needs: {@code /system/df} and all {@code prune}. */
final class DiskRoutes {
    private static final Set<String> TYPES = Set.of("container", "image", "volume", "build-cache");

    private final Engine engine;
    private final ImagePrune imagePrune;

    DiskRoutes(Engine engine) {
        this.engine = engine;
        this.imagePrune = engine.imagePrune();
    }

    void register(Router router) {
        router.add("GET", "/system/df", this::usage);
        router.add("POST", "/images/prune", this::images);
        router.add("POST", "/containers/prune", this::containers);
        router.add("POST", "/networks/prune", call -> {
            PruneFilters filters = PruneFilters.of(call.filters(), Instant.now());
            List<String> removed =
                    engine.networks().prune(network -> filters.take(network.created(), network.labels()));
            pruned("network", 0);
            call.exchange().respond(200, new NetworksPruneReport(removed.isEmpty() ? null : removed));
        });
        router.add("POST", "/volumes/prune", this::volumes);
        router.add("POST", "/build/prune", call -> call.exchange().respond(200, new BuildPruneReport(null, 0)));
    }

    private void usage(Call call) throws IOException {
        Set<String> types = new TreeSet<>(call.query().all("type"));
        for (String type : types) {
            if (!TYPES.contains(type)) {
                throw new Problem.InvalidParameter("unknown object type: " + type).exception();
            }
        }
        if (types.isEmpty()) {
            types = TYPES;
        }
        long layers = 0;
        List<ImageSummary> images = null;
        if (types.contains("image")) {
            List<Image> all = engine.images().list();
            ImageSizes sizes = new ImageSizes(all, engine.layers());
            layers = sizes.total();
            images = summaries(call, all, sizes);
        }
        call.exchange()
                .respond(
                        200,
                        new DiskUsage(
                                layers,
                                images,
                                types.contains("container")
                                        ? engine.containers().list(new ContainerFilter(true, 0, Filters.NONE), true)
                                        : null,
                                types.contains("volume") ? VolumeRoutes.sized(engine.volumes()) : null,
                                types.contains("build-cache") ? List.of() : null,
                                0));
    }

    private List<ImageSummary> summaries(Call call, List<Image> all, ImageSizes sizes) {
        Map<String, Long> users = ImageViews.users(engine.containers());
        List<ImageSummary> summaries = new ArrayList<>();
        ImageFilter everything = new ImageFilter(engine.images(), false, Filters.NONE, Instant.now());
        for (ImageFilter.Shown shown : everything.select(all)) {
            summaries.add(ImageViews.summary(
                    shown,
                    users.getOrDefault(shown.image().id().toString(), 0L),
                    sizes.shared(shown.image().id()),
                    call.version()));
        }
        return summaries;
    }

    private void images(Call call) throws IOException {
        Filters filters = call.filters();
        boolean danglingOnly = !Boolean.FALSE.equals(filters.flag("dangling"));
        ImagePrune.Result result = imagePrune.prune(
                danglingOnly, PruneFilters.of(filters, Instant.now(), "dangling"), engine.imageUsers());
        // Parts of layers have neither an age that a filter means nor labels.
        boolean all = filters.get("until").isEmpty() && !filters.has("label") && !filters.has("label!");
        long reclaimed =
                result.reclaimed() + (all ? engine.distribution().partials().prune() : 0);
        pruned("image", reclaimed);
        List<ImageDeleteItem> items = items(result.removed());
        call.exchange().respond(200, new ImagesPruneReport(items.isEmpty() ? null : items, reclaimed));
    }

    static List<ImageDeleteItem> items(List<Removed> removals) {
        List<ImageDeleteItem> items = new ArrayList<>();
        for (Removed removed : removals) {
            items.add(
                    switch (removed) {
                        case Removed.Untagged untagged -> new ImageDeleteItem("", untagged.reference());
                        case Removed.Deleted deleted -> new ImageDeleteItem(deleted.digest(), "");
                    });
        }
        return items;
    }

    private void containers(Call call) throws IOException {
        ContainersPruneReport report = engine.containerPrune().prune(PruneFilters.of(call.filters(), Instant.now()));
        pruned("container", report.spaceReclaimed());
        call.exchange().respond(200, report);
    }

    private void volumes(Call call) throws IOException {
        Filters filters = call.filters();
        String unknown = filters.unknown(Set.of("label", "label!", "all"));
        if (unknown != null) {
            throw new Problem.InvalidParameter("invalid filter '" + unknown + "'").exception();
        }
        // Before 1.42 there was no difference between volumes with and without a name.
        boolean all = call.version().below(1, 42) || Boolean.TRUE.equals(filters.flag("all"));
        VolumesPruneReport report = engine.volumePrune().prune(PruneFilters.of(filters, Instant.now(), "all"), all);
        pruned("volume", report.spaceReclaimed());
        call.exchange().respond(200, report);
    }

    private void pruned(String type, long reclaimed) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("reclaimed", Long.toString(reclaimed));
        engine.events().publish(type, "prune", "", attributes);
    }
}
