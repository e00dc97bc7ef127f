package cairn.engine.image;

import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.oci.ChainId;
import cairn.oci.ImageId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who shares which layers, at one moment; counted as Docker counts. */
public final class ImageSizes {
    private final Map<ImageId, List<Layer>> chains = new HashMap<>();
    /** How many images have a layer, and its bytes. */
    private final Map<ChainId, Integer> holders = new HashMap<>();

    private final Map<ChainId, Long> bytes = new HashMap<>();

    /** @param images all of them; nameless ones that others are built on count with those */
    public ImageSizes(List<Image> images, Layers layers) {
        Set<ImageId> parents = parents(images);
        for (Image image : images) {
            List<Layer> chain = image.chainId() == null ? List.of() : layers.chainIfKnown(image.chainId());
            chains.put(image.id(), chain);
            boolean step = image.references().isEmpty() && parents.contains(image.id());
            for (Layer layer : chain) {
                bytes.put(layer.chainId(), layer.size());
                if (!step) {
                    holders.merge(layer.chainId(), 1, Integer::sum);
                }
            }
        }
    }

    static Set<ImageId> parents(List<Image> images) {
        Set<ImageId> parents = new HashSet<>();
        for (Image image : images) {
            if (image.parent() != null) {
                parents.add(image.parent());
            }
        }
        return parents;
    }

    /** Bytes of the image's layers that another image has, too. */
    public long shared(ImageId image) {
        return chains.getOrDefault(image, List.of()).stream()
                .filter(layer -> holders.getOrDefault(layer.chainId(), 0) > 1)
                .mapToLong(Layer::size)
                .sum();
    }

    /** Bytes of all layers that images have, each layer once. */
    public long total() {
        return holders.keySet().stream().mapToLong(bytes::get).sum();
    }

    /** The bytes of one layer; zero for what is no layer here. */
    long size(ChainId chain) {
        return bytes.getOrDefault(chain, 0L);
    }
}
