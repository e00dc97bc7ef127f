package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.image.Image;
import cairn.engine.image.Images;
import cairn.engine.layer.ReadWriteLayers;
import cairn.oci.ImageId;
import cairn.wire.GraphDriverData;
import cairn.wire.Json;
import cairn.wire.container.ContainerInspect;
import cairn.wire.container.ContainerInspectBuilder;
import cairn.wire.container.ContainerSummary;
import cairn.wire.container.ContainerSummaryBuilder;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Containers as {@code ps} and {@code inspect} show them. */
final class Listing {
    private final Roster roster;
    private final Images images;
    private final ReadWriteLayers layers;
    private final Clock clock;

    Listing(Roster roster, Images images, ReadWriteLayers layers, Clock clock) {
        this.roster = roster;
        this.images = images;
        this.layers = layers;
        this.clock = clock;
    }

    /** A row of the list as it was last sent: it holds as long as what it was made from does. */
    record Row(Container container, String image, String status, byte[] json) {
        /** A changed container is another record. */
        @SuppressWarnings("ReferenceEquality")
        private boolean holds(Container now, String imageNow, String statusNow) {
            return container == now && image.equals(imageNow) && status.equals(statusNow);
        }
    }

    /** The list without sizes, each row as JSON. Clients ask for it over and over, and few rows differ from the last time. */
    List<byte[]> rows(ContainerFilter filter) {
        List<byte[]> rows = new ArrayList<>();
        Map<String, Optional<ImageId>> named = new HashMap<>();
        Instant now = clock.instant();
        for (Container container : select(filter)) {
            rows.add(row(container, imageName(container, named), now));
        }
        return rows;
    }

    private byte[] row(Container container, String image, Instant now) {
        String status = ContainerViews.status(container.state(), container.health(), now);
        Live live = roster.get(container.id());
        Row last = live == null ? null : live.row;
        if (last != null && last.holds(container, image, status)) {
            return last.json();
        }
        byte[] json = Json.write(ContainerViews.summary(container, image, now));
        if (live != null) {
            live.row = new Row(container, image, status, json);
        }
        return json;
    }

    private List<Container> select(ContainerFilter filter) {
        return filter.select(roster.all(), ref -> roster.find(ref).container, this::ancestry);
    }

    /** @param size whether to count each container's bytes, which reads its whole writable layer */
    List<ContainerSummary> list(ContainerFilter filter, boolean size) {
        List<ContainerSummary> rows = new ArrayList<>();
        // Most containers come from few images, and a name costs more to look up than the rest of a row to make.
        Map<String, Optional<ImageId>> named = new HashMap<>();
        Instant now = clock.instant();
        for (Container container : select(filter)) {
            ContainerSummary row = ContainerViews.summary(container, imageName(container, named), now);
            if (size) {
                long written = layers.size(container.id());
                row = ContainerSummaryBuilder.builder(row)
                        .sizeRw(written)
                        .sizeRootFs(written + imageSize(container))
                        .build();
            }
            rows.add(row);
        }
        return rows;
    }

    /** What the container was made from, or the image's id when that name has moved on to another image. */
    private String imageName(Container container, Map<String, Optional<ImageId>> named) {
        String asked = container.config().image();
        Optional<ImageId> now = named.computeIfAbsent(
                asked,
                name -> Optional.ofNullable(name.isEmpty() ? null : images.find(name))
                        .map(Image::id));
        return now.isPresent() && now.get().equals(container.image())
                ? asked
                : container.image().toString();
    }

    /** A name that is none, or nobody's, has no descendants. */
    private Predicate<ImageId> ancestry(String name) {
        ImageId ancestor;
        try {
            Image wanted = images.find(name);
            if (wanted == null) {
                return image -> false;
            }
            ancestor = wanted.id();
        } catch (EngineException e) {
            return image -> false;
        }
        return image -> descends(image, ancestor);
    }

    private boolean descends(ImageId image, ImageId ancestor) {
        for (Image at = images.find(image); at != null; at = parent(at)) {
            if (at.id().equals(ancestor)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Image parent(Image image) {
        ImageId parent = image.parent();
        return parent == null ? null : images.find(parent);
    }

    private long imageSize(Container container) {
        Image image = images.find(container.image());
        return image == null ? 0 : image.size();
    }

    /** @param size as for {@link #list} */
    ContainerInspect inspect(String ref, boolean size) {
        Live live = roster.find(ref);
        try {
            return inspect(live, size);
        } catch (EngineException e) {
            live.lock.lock();
            try {
                if (live.removing || live.removed) {
                    // Its layers go before its name does.
                    throw new Problem.NoSuchContainer(ref).exception(e);
                }
            } finally {
                live.lock.unlock();
            }
            throw e;
        }
    }

    private ContainerInspect inspect(Live live, boolean size) {
        Container container = live.container;
        List<String> execs = null;
        live.lock.lock();
        try {
            List<String> left = live.execs.values().stream()
                    .filter(exec -> !exec.over())
                    .map(exec -> exec.id)
                    .toList();
            execs = left.isEmpty() ? null : left;
        } finally {
            live.lock.unlock();
        }
        GraphDriverData data =
                new GraphDriverData(layers.graphDriver(container.id()).toMap(), "overlay2");
        ContainerInspect view = ContainerViews.inspect(container, live.files, data, execs);
        if (!size) {
            return view;
        }
        long written = layers.size(container.id());
        return ContainerInspectBuilder.builder(view)
                .sizeRw(written)
                .sizeRootFs(written + imageSize(container))
                .build();
    }

    /** Containers made from an image, running ones first. */
    List<Container> using(ImageId image) {
        List<Container> using = new ArrayList<>();
        for (Container container : roster.all()) {
            if (container.image().equals(image) || ImageMounts.uses(container, image)) {
                if (container.active()) {
                    using.addFirst(container);
                } else {
                    using.add(container);
                }
            }
        }
        return using;
    }
}
