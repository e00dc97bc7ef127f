package cairn.engine.image;

import cairn.engine.error.Problem;
import cairn.oci.ImageId;
import cairn.oci.Reference;
import cairn.wire.Filters;
import cairn.wire.Timestamps;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which images a list shows, and under which of their names: moby's rules. */
public final class ImageFilter {
    private static final Set<String> KNOWN = Set.of("dangling", "label", "before", "since", "reference", "until");

    private final boolean all;
    private final Filters filters;
    private final @Nullable Boolean dangling;
    private final @Nullable Instant before;
    private final @Nullable Instant since;
    private final @Nullable Instant until;
    private final List<NamePattern> references = new ArrayList<>();

    /**
     * @param all whether nameless images that others are built on are shown, too
     * @throws cairn.engine.error.EngineException InvalidParameter; NoSuchImage for one that {@code before} or {@code since} names
     */
    public ImageFilter(Images images, boolean all, Filters filters, Instant now) {
        String unknown = filters.unknown(KNOWN);
        if (unknown != null) {
            throw new Problem.InvalidParameter("invalid filter '" + unknown + "'").exception();
        }
        this.all = all;
        this.filters = filters;
        this.dangling = filters.flag("dangling");
        this.until = until(filters, now);
        this.before = earliest(images, filters.get("before"), until);
        this.since = latest(images, filters.get("since"));
        filters.get("reference").forEach(pattern -> references.add(NamePattern.of(pattern)));
    }

    private static @Nullable Instant until(Filters filters, Instant now) {
        Instant until = null;
        for (String text : filters.get("until")) {
            Instant time = Timestamps.parse(text, now, ZoneId.systemDefault());
            until = until == null || time != null && time.isBefore(until) ? time : until;
        }
        return until;
    }

    private static @Nullable Instant earliest(Images images, Set<String> names, @Nullable Instant limit) {
        Instant earliest = limit;
        for (String name : names) {
            Instant created = images.get(name).created();
            earliest = earliest == null || created.isBefore(earliest) ? created : earliest;
        }
        return earliest;
    }

    private static @Nullable Instant latest(Images images, Set<String> names) {
        Instant latest = null;
        for (String name : names) {
            Instant created = images.get(name).created();
            latest = latest == null || created.isAfter(latest) ? created : latest;
        }
        return latest;
    }

    /** An image of the list with those of its names that are shown. */
    public record Shown(Image image, List<String> tags, List<String> digests) {}

    /** In the order given. */
    public List<Shown> select(List<Image> images) {
        Set<ImageId> parents = new HashSet<>();
        images.forEach(image -> {
            if (image.parent() != null) {
                parents.add(image.parent());
            }
        });
        List<Shown> shown = new ArrayList<>();
        for (Image image : images) {
            if (matches(image)) {
                Shown row = new Shown(image, names(image, false), names(image, true));
                if (shows(row, parents.contains(image.id()))) {
                    shown.add(row);
                }
            }
        }
        return shown;
    }

    private boolean matches(Image image) {
        Map<String, String> labels = image.config().config().labels();
        return filters.matchesLabels("label", labels == null ? Map.of() : labels)
                && (before == null || image.created().isBefore(before))
                && (since == null || image.created().isAfter(since));
    }

    private boolean shows(Shown row, boolean parent) {
        if (Boolean.TRUE.equals(dangling) && parent) {
            return false;
        }
        if (row.tags.isEmpty() && row.digests.isEmpty()) {
            return (all || !parent) && !Boolean.FALSE.equals(dangling) && references.isEmpty();
        }
        // With dangling=true also images that only a digest names.
        return !Boolean.TRUE.equals(dangling) || row.tags.isEmpty();
    }

    private List<String> names(Image image, boolean digests) {
        List<String> names = new ArrayList<>();
        for (Reference reference : image.references()) {
            if ((reference.digest() != null) == digests && named(reference)) {
                names.add(reference.familiar());
            }
        }
        return names;
    }

    private boolean named(Reference reference) {
        return references.isEmpty()
                || references.stream()
                        .anyMatch(pattern -> pattern.matches(reference.familiar())
                                || pattern.matches(reference.familiarRepository()));
    }
}
