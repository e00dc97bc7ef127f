package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.image.Image;
import cairn.engine.image.Images;
import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.oci.ImageId;
import cairn.wire.container.MountBuilder;
import cairn.wire.container.MountPoint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Images that are mounted into containers: by their IDs from the create on, and held by the container as its own image is. */
final class ImageMounts {
    private final Images images;
    private final Layers layers;

    ImageMounts(Images images, Layers layers) {
        this.images = images;
        this.layers = layers;
    }

    static boolean isImage(MountPoint mount) {
        return mount.type().equals("image");
    }

    /** The container with the IDs of what it mounts. */
    Container resolve(Container container) {
        Map<String, AskedMount> asked = new LinkedHashMap<>(container.asked());
        for (MountPoint mount : container.mounts()) {
            if (isImage(mount) && !mount.name().isEmpty()) {
                AskedMount one = container.asked(mount);
                Image image = images.get(one.spec().source());
                if (image.chainId() == null) {
                    throw new Problem.InvalidParameter("image " + one.spec().source() + " has no layers").exception();
                }
                asked.put(
                        mount.destination(),
                        new AskedMount(
                                MountBuilder.builder(one.spec())
                                        .source(image.id().toString())
                                        .build(),
                                false));
            }
        }
        return container.withAsked(asked);
    }

    /** Whether the container mounts it. */
    static boolean uses(Container container, ImageId image) {
        return container.mounts().stream()
                .anyMatch(mount ->
                        isImage(mount) && container.asked(mount).spec().source().equals(image.toString()));
    }

    /** The directories of its layers, topmost first. @param id as {@link #resolve} has found it */
    List<Path> directories(String id) {
        Image image = images.get(id);
        return image.chainId() == null
                ? List.of()
                : layers.chain(image.chainId()).stream().map(Layer::shortPath).toList();
    }
}
