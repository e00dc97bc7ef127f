package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.image.ConfigChanges;
import cairn.engine.image.Image;
import cairn.engine.image.Images;
import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.ImageConfig;
import cairn.oci.ImageConfig.Content;
import cairn.oci.ImageId;
import cairn.oci.Reference;
import cairn.oci.RunConfig;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes images of containers. The new layer is what the container has written, as a tar that takes the same way into the store as any other
 * layer; what is mounted into the container is no part of it.
 */
public final class Commits {
    /** Of an archive without entries: a layer that says nothing, which no image gets. */
    private static final DiffId NOTHING = new DiffId(Digest.sha256(new byte[1024]));

    private final Containers containers;
    private final Images images;
    private final Layers layers;
    private final Pauses pauses;
    private final ContainerEvents events;
    private final Clock clock;

    Commits(Containers containers, Images images, Layers layers, Pauses pauses, ContainerEvents events, Clock clock) {
        this.containers = containers;
        this.images = images;
        this.layers = layers;
        this.pauses = pauses;
        this.events = events;
        this.clock = clock;
    }

    /** @throws cairn.engine.error.EngineException NoSuchContainer, NoSuchImage if its image has been removed, Conflict, DiskFull */
    public ImageId commit(String ref, Commit asked) throws IOException {
        Live live = containers.find(ref);
        requireThere(live);
        Container container = live.container;
        if (asked.name() != null) {
            Images.requireTag(asked.name());
        }
        Image parent = images.get(container.image().toString());
        RunConfig own = RunConfigs.of(container.config());
        RunConfig config = RunConfigs.merge(
                ConfigChanges.apply(asked.config() == null ? own : RunConfigs.of(asked.config()), asked.changes()),
                own);
        Layer layer = layer(live, parent, asked.pause());
        boolean empty = layer.diffId().equals(NOTHING);
        if (empty) {
            if (parent.chainId() != null) {
                layers.retain(parent.chainId());
            }
            layers.release(layer.chainId());
        }
        Image image = images.add(
                config(container, parent, asked, config, own, empty ? null : layer.diffId()),
                parent.id(),
                asked.name());
        announce(live, asked, image.id());
        return image.id();
    }

    private static void requireThere(Live live) {
        live.lock.lock();
        try {
            if (live.removing || live.removed) {
                throw new Problem.Conflict(
                                "You cannot commit container " + live.container.id() + " which is being removed")
                        .exception();
            }
        } finally {
            live.lock.unlock();
        }
    }

    private Layer layer(Live live, Image parent, boolean pause) throws IOException {
        boolean paused = pause && pauses.hold(live);
        Layer layer;
        try (InputStream tar = layers.readWrite().tree(live.container.id()).openChanges()) {
            layer = layers.unpack(parent.chainId(), tar, null);
        } finally {
            if (paused) {
                pauses.letGo(live);
            }
        }
        try {
            // Its files go as soon as its removal begins: then what was read may lack some of them.
            requireThere(live);
        } catch (RuntimeException e) {
            layers.release(layer.chainId());
            throw e;
        }
        return layer;
    }

    private ImageConfig config(
            Container container, Image parent, Commit asked, RunConfig config, RunConfig own, @Nullable DiffId layer) {
        Instant now = clock.instant();
        Content below = parent.config().content();
        List<DiffId> diffIds = new ArrayList<>(below.diffIds());
        if (layer != null) {
            diffIds.add(layer);
        }
        List<ImageConfig.History> history = new ArrayList<>(below.history());
        history.add(new ImageConfig.History(
                now,
                own.cmd() == null ? "" : String.join(" ", own.cmd()),
                orNull(asked.author()),
                orNull(asked.comment()),
                layer == null));
        return ImageConfig.create(new Content(
                now,
                orNull(asked.author()),
                below.architecture(),
                below.variant(),
                below.os(),
                below.osVersion(),
                config,
                own,
                diffIds,
                history,
                null,
                images.engineVersion(),
                container.id(),
                null));
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private void announce(Live live, Commit asked, ImageId id) {
        Reference name = asked.name();
        Map<String, String> more = new LinkedHashMap<>();
        more.put("comment", asked.comment());
        more.put("imageID", id.toString());
        more.put("imageRef", name == null ? "" : name.withDefaultTag().familiar());
        events.tell(live, "commit", more);
    }
}
