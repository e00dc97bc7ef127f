package cairn.engine.check;

import cairn.engine.layer.Layer;
import cairn.oci.ChainId;
import cairn.oci.DiffId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What follows from a picture: who uses which layer, which directory belongs to whom, and what records of layers have to say. */
final class Relations {
    private final Picture store;
    /** What images' configs say of chains: each with the layer at its top. */
    private final Map<String, Expected> expected = new HashMap<>();

    private final Map<String, String> imageOfChain = new HashMap<>();
    private final Set<String> used = new HashSet<>();
    private final Set<String> below = new HashSet<>();
    private final Map<String, List<String>> layersByDirectory = new HashMap<>();
    private final Map<String, String> containersByDirectory = new HashMap<>();
    private final Map<String, String> linkNames = new HashMap<>();

    /** What a layer's record has to say. */
    record Expected(DiffId diffId, @Nullable ChainId parent) {}

    Relations(Picture store) {
        this.store = store;
        store.images().forEach((hex, image) -> image(image));
        store.mounts().forEach((id, mount) -> {
            use(mount.parent());
            putBelow(mount.parent());
            String directory = mount.mountId();
            if (directory != null) {
                containersByDirectory.put(directory, id);
                containersByDirectory.put(directory + "-init", id);
            }
        });
        store.layers().forEach((chain, layer) -> {
            putBelow(layer.parent());
            Layer known = store.engine().layer(chain);
            String directory = known != null ? known.cacheId() : layer.cacheId();
            if (directory != null && Ids.isHex64(chain)) {
                layersByDirectory
                        .computeIfAbsent(directory, key -> new ArrayList<>())
                        .add(chain);
            }
        });
        store.overlays().forEach((id, overlay) -> linkNames.put(id, linkName(id, overlay)));
    }

    private void image(Picture.ImageFile image) {
        if (image.config() == null) {
            return;
        }
        String name = Ids.brief(image.config().id().digest().hex());
        ChainId parent = null;
        for (DiffId diffId : image.config().diffIds()) {
            ChainId chain = parent == null ? new ChainId(diffId.digest()) : parent.next(diffId);
            expected.putIfAbsent(chain.digest().hex(), new Expected(diffId, parent));
            imageOfChain.putIfAbsent(chain.digest().hex(), name);
            used.add(chain.digest().hex());
            parent = chain;
        }
    }

    private void use(@Nullable ChainId chain) {
        // A record that names itself as its parent must not hold us up.
        while (chain != null && used.add(chain.digest().hex())) {
            Picture.Folder layer = store.layers().get(chain.digest().hex());
            chain = layer == null ? null : layer.parent();
        }
    }

    private void putBelow(@Nullable ChainId parent) {
        if (parent != null) {
            below.add(parent.digest().hex());
        }
    }

    /** Whether an image or a container has the layer in its pile. */
    boolean isUsed(String chain) {
        return used.contains(chain);
    }

    /** Whether a layer lies on this one, or a container. */
    boolean isBelowOthers(String chain) {
        return below.contains(chain);
    }

    /** Whether anything would miss the layer: an image, a container, or a layer on top of it. */
    boolean isNeeded(String chain) {
        return isUsed(chain) || isBelowOthers(chain);
    }

    /** From what the engine has in memory, else from the configs of images; null where nobody knows. */
    @Nullable
    Expected expected(String chain) {
        Layer known = store.engine().layer(chain);
        return known == null ? expected.get(chain) : new Expected(known.diffId(), known.parent());
    }

    /** The layers whose directory it is, by the engine's memory or by their records. */
    List<String> layersOf(String directory) {
        return layersByDirectory.getOrDefault(directory, List.of());
    }

    /** The container whose writable layer or init layer the directory is. */
    @Nullable
    String containerOf(String directory) {
        return containersByDirectory.get(directory);
    }

    boolean isOwned(String directory) {
        return layersByDirectory.containsKey(directory) || containersByDirectory.containsKey(directory);
    }

    Owner ownerOf(String directory) {
        List<String> layers = layersOf(directory);
        if (!layers.isEmpty()) {
            return layerOwner(layers.getFirst());
        }
        String container = containerOf(directory);
        return container == null ? Owner.NOBODY : containerOwner(container);
    }

    Owner layerOwner(String chain) {
        String image = imageOfChain.get(chain);
        return Owner.layer("sha256:" + chain + (image == null ? "" : " of image " + image));
    }

    Owner containerOwner(String id) {
        Picture.ContainerFiles container = store.containers().get(id);
        return Owner.container(container == null ? Ids.brief(id) : container.name(id));
    }

    // ---- short names

    /** The name that a directory has or, if it has none that is good, has to get. */
    String linkName(String directory) {
        return linkNames.getOrDefault(directory, "");
    }

    /** Whether some directory that is in use has this short name. */
    boolean isLinkName(String link) {
        return linkNames.entrySet().stream()
                .anyMatch(entry -> entry.getValue().equals(link) && isOwned(entry.getKey()));
    }

    private String linkName(String id, Picture.Folder overlay) {
        String written = overlay.text("link");
        if (written != null && Ids.isShortLink(written)) {
            return written;
        }
        List<String> chains = layersOf(id);
        Layer known = chains.isEmpty() ? null : store.engine().layer(chains.getFirst());
        if (known != null && Ids.isShortLink(known.link())) {
            return known.link();
        }
        return store.links().entrySet().stream()
                .filter(link ->
                        Ids.isShortLink(link.getKey()) && link.getValue().equals(target(id)))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> ShortLinks.derived(id));
    }

    static String target(String directory) {
        return "../" + directory + "/diff";
    }

    /** The short names of a pile, topmost first, as {@code l/A:l/B}; null where a layer of it is missing. */
    @Nullable
    String lower(@Nullable ChainId top) {
        List<String> names = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ChainId at = top; at != null; ) {
            String chain = at.digest().hex();
            Picture.Folder layer = store.layers().get(chain);
            String directory = layer == null ? null : layer.cacheId();
            if (layer == null || directory == null || linkName(directory).isEmpty() || !seen.add(chain)) {
                return null;
            }
            names.add("l/" + linkName(directory));
            Expected expected = expected(chain);
            at = expected == null ? layer.parent() : expected.parent();
        }
        return String.join(":", names);
    }
}
