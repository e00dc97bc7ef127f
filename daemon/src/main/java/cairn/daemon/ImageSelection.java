package cairn.daemon;

import cairn.engine.error.Problem;
import cairn.engine.image.Image;
import cairn.engine.image.Images;
import cairn.wire.Filters;
import cairn.wire.Timestamps;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The filters of an image list. */
final class ImageSelection {
    private final Filters filters;
    private final @Nullable Boolean dangling;
    private final @Nullable Instant before;
    private final @Nullable Instant since;
    private final List<PathMatcher> references = new ArrayList<>();

    ImageSelection(Images images, Filters filters) {
        this.filters = filters;
        this.dangling = filters.flag("dangling");
        this.before = created(images, filters.get("before"));
        this.since = created(images, filters.get("since"));
        for (String pattern : filters.get("reference")) {
            try {
                references.add(FileSystems.getDefault().getPathMatcher("glob:" + pattern));
            } catch (PatternSyntaxException e) {
                throw new Problem.InvalidParameter("invalid reference filter: " + pattern).exception(e);
            }
        }
    }

    private static @Nullable Instant created(Images images, Set<String> names) {
        return names.isEmpty() ? null : images.get(names.iterator().next()).created();
    }

    boolean matches(Image image) {
        Map<String, String> labels = image.config().config().labels();
        return (dangling == null || dangling == image.isDangling())
                && filters.matchesLabels("label", labels == null ? Map.of() : labels)
                && (before == null || image.created().isBefore(before))
                && (since == null || image.created().isAfter(since))
                && older(image)
                && (references.isEmpty() || !tags(image).isEmpty());
    }

    private boolean older(Image image) {
        for (String until : filters.get("until")) {
            Instant limit = Timestamps.parse(until, Instant.now(), ZoneId.systemDefault());
            if (limit != null && !image.created().isBefore(limit)) {
                return false;
            }
        }
        return true;
    }

    /** The tags of an image that the list shows: all, or those that the reference filter names, with or without the tag. */
    List<String> tags(Image image) {
        if (references.isEmpty()) {
            return image.repoTags();
        }
        List<String> tags = new ArrayList<>();
        for (String tag : image.repoTags()) {
            String repository = tag.substring(0, tag.lastIndexOf(':'));
            for (PathMatcher pattern : references) {
                if (pattern.matches(Path.of(tag)) || pattern.matches(Path.of(repository))) {
                    tags.add(tag);
                    break;
                }
            }
        }
        return tags;
    }
}
