package cairn.daemon;

import cairn.engine.container.Container;
import cairn.engine.container.Containers;
import cairn.engine.image.Image;
import cairn.engine.image.ImageFilter;
import cairn.engine.layer.Layers;
import cairn.oci.DiffId;
import cairn.oci.Healthcheck;
import cairn.oci.ImageConfig.Content;
import cairn.oci.RunConfig;
import cairn.wire.ApiVersion;
import cairn.wire.GraphDriverData;
import cairn.wire.Timestamps;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.ContainerConfigBuilder;
import cairn.wire.container.HealthConfig;
import cairn.wire.image.ImageConfig;
import cairn.wire.image.ImageInspect;
import cairn.wire.image.ImageInspectBuilder;
import cairn.wire.image.ImageMetadata;
import cairn.wire.image.ImageSummary;
import cairn.wire.image.RootFs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An image's record in the shape of inspect. */
final class ImageViews {
    private ImageViews() {}

    /** How many containers each image has, by its ID. */
    static Map<String, Long> users(Containers containers) {
        Map<String, Long> users = new HashMap<>();
        for (Container container : containers.all()) {
            users.merge(container.image().toString(), 1L, Long::sum);
        }
        return users;
    }

    /** A row of the list; users and shared bytes of -1 are not counted. */
    static ImageSummary summary(ImageFilter.Shown shown, long users, long shared, ApiVersion version) {
        Image image = shown.image();
        boolean named = !shown.tags().isEmpty() || !shown.digests().isEmpty();
        boolean old = version.below(1, 43) && !named;
        return new ImageSummary(
                users,
                image.created().getEpochSecond(),
                image.id().toString(),
                image.config().config().labels(),
                image.parent() == null ? "" : image.parent().toString(),
                null,
                null,
                old ? List.of("<none>@<none>") : shown.digests(),
                old ? List.of("<none>:<none>") : shown.tags(),
                shared,
                image.size(),
                version.below(1, 44) ? image.size() : 0);
    }

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
                .comment(comment(content))
                .created(content.created() == null ? Timestamps.ZERO : Timestamps.format(content.created()))
                .containerConfig(
                        version.below(1, 45) ? containerConfig(image.config().config()) : null)
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

    /** A commit's comment stands in its step of the history only. */
    private static String comment(Content content) {
        if (!text(content.comment()).isEmpty() || content.history().isEmpty()) {
            return text(content.comment());
        }
        return text(content.history().getLast().comment());
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** docker-compose 1.29 takes the newest version and looks for what has left the API with 1.45, at which it ends with Docker's own engine. */
    static ApiVersion understood(Call call) {
        String agent = call.exchange().header("User-Agent");
        return agent != null && agent.startsWith("docker-compose/1.") ? new ApiVersion(1, 44) : call.version();
    }

    /** For clients who look there for an image's volumes, docker-compose 1.29 among them. */
    private static ContainerConfig containerConfig(RunConfig config) {
        return ContainerConfigBuilder.builder()
                .user(config.user())
                .env(config.env())
                .entrypoint(config.entrypoint())
                .cmd(config.cmd())
                .volumes(objects(config.volumes()))
                .workingDir(config.workingDir())
                .labels(config.labels())
                .build();
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
                config.healthcheck() == null ? null : healthcheck(config.healthcheck()),
                config.onBuild(),
                config.shell());
    }

    private static HealthConfig healthcheck(Healthcheck check) {
        return new HealthConfig(
                check.test(),
                check.interval().toNanos(),
                check.timeout().toNanos(),
                check.startPeriod().toNanos(),
                check.startInterval().toNanos(),
                check.retries());
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
