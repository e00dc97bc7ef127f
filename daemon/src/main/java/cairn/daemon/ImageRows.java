package cairn.daemon;

import cairn.engine.image.Image;
import cairn.engine.image.ImageFilter;
import cairn.oci.ImageId;
import cairn.wire.ApiVersion;
import cairn.wire.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows of the list of images as they were last sent: clients ask for them over and over, and few differ from the last time. */
final class ImageRows {
    /** Beyond what is listed, before what is gone is forgotten. */
    private static final int SPARE = 100;

    private final Map<ImageId, Row> last = new HashMap<>();

    /** What of a row does not follow from the image's ID. */
    private record Facts(
            List<String> tags,
            List<String> digests,
            @Nullable ImageId parent,
            long users,
            long shared,
            boolean namesNone,
            boolean virtualSize) {}

    private record Row(Facts facts, byte[] json) {}

    /** How a row's containers and shared bytes are counted; -1 where they are not. */
    interface Count {
        long of(ImageId image);
    }

    /** Each row as JSON. */
    synchronized List<byte[]> of(List<ImageFilter.Shown> shown, Count users, Count shared, ApiVersion version) {
        boolean namesNone = version.below(1, 43);
        boolean virtualSize = version.below(1, 44);
        List<byte[]> rows = new ArrayList<>(shown.size());
        for (ImageFilter.Shown each : shown) {
            Image image = each.image();
            Facts facts = new Facts(
                    each.tags(),
                    each.digests(),
                    image.parent(),
                    users.of(image.id()),
                    shared.of(image.id()),
                    namesNone,
                    virtualSize);
            Row row = last.get(image.id());
            if (row == null || !row.facts().equals(facts)) {
                row = new Row(facts, Json.write(ImageViews.summary(each, facts.users(), facts.shared(), version)));
                last.put(image.id(), row);
            }
            rows.add(row.json());
        }
        return rows;
    }

    /** Forgets rows of images that are gone. */
    synchronized void keep(List<Image> all) {
        if (last.size() > all.size() + SPARE) {
            Set<ImageId> ids = new HashSet<>();
            all.forEach(image -> ids.add(image.id()));
            last.keySet().retainAll(ids);
        }
    }
}
