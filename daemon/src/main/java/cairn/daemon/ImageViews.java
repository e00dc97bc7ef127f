package cairn.daemon;

import cairn.engine.image.Image;
import cairn.engine.layer.Layers;
import cairn.oci.DiffId;
import cairn.oci.ImageConfig.Content;
import cairn.oci.RunConfig;
import cairn.wire.ApiVersion;
import cairn.wire.GraphDriverData;
import cairn.wire.Timestamps;
import cairn.wire.image.ImageConfig;
import cairn.wire.image.ImageInspect;
import cairn.wire.image.ImageInspectBuilder;
import cairn.wire.image.ImageMetadata;
import cairn.wire.image.RootFs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An image's record in the shape of inspect. */
final class ImageViews {
    private ImageViews() {}

    static ImageInspect inspect(Image image, Layers layers, ApiVersion version) {
        Content content = image.config().content();
        List<String> diffIds = new ArrayList<>();
        for (DiffId diffId : content.diffIds()) {
            diffIds.add(diffId.toString());
        }
        GraphDriverData graphDriver = image.chainId() == null
                ? new GraphDriverData(null, "overlay2")
                : new GraphDriverData(layers.graphDriver(image.chainId()).toMap(), "overlay2");
        return ImageInspectBuilder.builder()
                .id(image.id().toString())
                .repoTags(image.repoTags())
                .repoDigests(image.repoDigests())
                .parent(image.parent() == null ? "" : image.parent().toString())
                .comment(text(content.comment()))
                .created(content.created() == null ? Timestamps.ZERO : Timestamps.format(content.created()))
                .dockerVersion(text(content.dockerVersion()))
                .author(text(content.author()))
                .config(config(image.config().config()))
                .architecture(content.architecture())
                .variant(text(content.variant()))
                .os(content.os())
                .osVersion(text(content.osVersion()))
                .size(image.size())
                .virtualSize(version.below(1, 44) ? image.size() : 0)
                .graphDriver(graphDriver)
                .rootFs(new RootFs("layers", diffIds))
                .metadata(new ImageMetadata(
                        image.lastTagTime() == null ? Timestamps.ZERO : Timestamps.format(image.lastTagTime())))
                .build();
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static ImageConfig config(RunConfig config) {
        return new ImageConfig(
                config.user(),
                objects(config.exposedPorts()),
                config.env(),
                config.entrypoint(),
                config.cmd(),
                objects(config.volumes()),
                config.workingDir(),
                config.labels(),
                text(config.stopSignal()),
                config.argsEscaped(),
                null,
                config.onBuild(),
                config.shell());
    }

    private static @Nullable Map<String, Object> objects(@Nullable Set<String> keys) {
        if (keys == null) {
            return null;
        }
        Map<String, Object> objects = new LinkedHashMap<>();
        keys.forEach(key -> objects.put(key, Map.of()));
        return objects;
    }
}
