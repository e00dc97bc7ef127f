package cairn.cli.explain;

import cairn.cli.show.Ages;
import cairn.wire.upkeep.ImageTree;
import cairn.wire.upkeep.TreeImage;
import cairn.wire.upkeep.TreeLayer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Images as a tree of the layers that they share. Layers that lie on one another without a branch or an image between them are one knot. */
public final class TreePicture {
    private final Map<String, List<TreeLayer>> above = new LinkedHashMap<>();
    private final Map<String, List<TreeImage>> images = new LinkedHashMap<>();
    private final StringBuilder out = new StringBuilder();
    private final long now;

    private TreePicture(ImageTree tree, long now) {
        this.now = now;
        for (TreeLayer layer : tree.layers()) {
            above.computeIfAbsent(layer.parent(), key -> new ArrayList<>()).add(layer);
        }
        for (TreeImage image : tree.images()) {
            images.computeIfAbsent(image.chainId(), key -> new ArrayList<>()).add(image);
        }
    }

    /** @param now in seconds since the epoch */
    public static String of(ImageTree tree, long now) {
        TreePicture picture = new TreePicture(tree, now);
        picture.images("", "");
        for (TreeLayer layer : picture.above.getOrDefault("", List.of())) {
            picture.knot(layer, "", "");
        }
        picture.out
                .append(Picture.count(tree.images().size(), "image", "images"))
                .append(", ")
                .append(Picture.count(tree.layers().size(), "layer", "layers"))
                .append(", ")
                .append(Picture.size(tree.total()))
                .append('\n');
        return picture.out.toString();
    }

    /**
     * @param first what stands in front of the knot's own line, {@code rest} in front of the lines below it
     */
    private void knot(TreeLayer lowest, String first, String rest) {
        TreeLayer top = lowest;
        long size = lowest.size();
        int layers = 1;
        List<TreeLayer> next = above.getOrDefault(top.chainId(), List.of());
        while (next.size() == 1 && !images.containsKey(top.chainId())) {
            top = next.getFirst();
            size += top.size();
            layers++;
            next = above.getOrDefault(top.chainId(), List.of());
        }
        out.append(first).append(Picture.size(size));
        out.append(" in ").append(Picture.count(layers, "layer", "layers")).append('\n');
        images(top.chainId(), rest + (next.isEmpty() ? "  " : "│ "));
        for (int i = 0; i < next.size(); i++) {
            boolean last = i == next.size() - 1;
            knot(next.get(i), rest + (last ? "└─ " : "├─ "), rest + (last ? "   " : "│  "));
        }
    }

    private void images(String chain, String indent) {
        for (TreeImage image : images.getOrDefault(chain, List.of())) {
            out.append(indent).append("● ");
            out.append(Picture.names(image.names()));
            out.append("  ").append(id(image.id())).append("  ").append(Picture.size(image.size()));
            out.append(", ").append(Picture.size(image.unique())).append(" its own");
            out.append(", used ").append(age(image.lastUsed()));
            if (!image.containers().isEmpty()) {
                out.append(", in ").append(String.join(", ", image.containers()));
            }
            out.append(image.pinned().isEmpty() ? "" : ", " + image.pinned()).append('\n');
        }
    }

    private static String id(String id) {
        return id.startsWith("sha256:") && id.length() > 19 ? id.substring(7, 19) : id;
    }

    private String age(String time) {
        return Ages.ago(Instant.parse(time).getEpochSecond(), now);
    }
}
