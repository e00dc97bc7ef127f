package cairn.engine.explain;

import cairn.engine.image.Image;
import cairn.engine.image.ImageSizes;
import cairn.engine.image.ImageUsers;
import cairn.engine.image.Images;
import cairn.engine.image.LastUsed;
import cairn.engine.image.Pins;
import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.oci.ChainId;
import cairn.wire.upkeep.ImageTree;
import cairn.wire.upkeep.TreeImage;
import cairn.wire.upkeep.TreeLayer;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All images, and which layers they have in common. */
public final class ImageTrees {
    private final Images images;
    private final Layers layers;
    private final LastUsed lastUsed;
    private final Pins pins;

    public ImageTrees(Images images, Layers layers, LastUsed lastUsed, Pins pins) {
        this.images = images;
        this.layers = layers;
        this.lastUsed = lastUsed;
        this.pins = pins;
    }

    public ImageTree tree(ImageUsers users) {
        List<Image> all = images.list();
        ImageSizes sizes = new ImageSizes(all, layers);
        Map<ChainId, TreeLayer> known = new LinkedHashMap<>();
        List<TreeImage> rows = new ArrayList<>();
        for (Image image : all) {
            List<Layer> chain = image.chainId() == null ? List.of() : layers.chainIfKnown(image.chainId());
            for (Layer layer : chain.reversed()) {
                known.putIfAbsent(
                        layer.chainId(),
                        new TreeLayer(
                                layer.chainId().toString(),
                                layer.parent() == null ? "" : layer.parent().toString(),
                                layer.diffId().toString(),
                                layer.size()));
            }
            List<String> names = new ArrayList<>(image.repoTags());
            names.addAll(image.repoDigests());
            rows.add(new TreeImage(
                    image.id().toString(),
                    names,
                    image.chainId() == null ? "" : image.chainId().toString(),
                    image.size(),
                    image.size() - sizes.shared(image.id()),
                    lastUsed.of(image).truncatedTo(ChronoUnit.SECONDS).toString(),
                    users.of(image.id()).stream().map(ImageUsers.Use::name).toList(),
                    pins.reason(image)));
        }
        return new ImageTree(
                known.values().stream().mapToLong(TreeLayer::size).sum(), List.copyOf(known.values()), rows);
    }
}
