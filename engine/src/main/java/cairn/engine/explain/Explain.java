package cairn.engine.explain;

import cairn.engine.container.Container;
import cairn.engine.container.Containers;
import cairn.engine.container.LifeState;
import cairn.engine.container.OptionEffects;
import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.image.Image;
import cairn.engine.image.Images;
import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.engine.layer.ReadWriteLayer;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.linux.MountEntry;
import cairn.linux.MountTable;
import cairn.linux.Processes;
import cairn.oci.ChainId;
import cairn.wire.explain.ContainerExplanation;
import cairn.wire.explain.HistoryStep;
import cairn.wire.explain.ImageExplanation;
import cairn.wire.explain.LayerExplanation;
import cairn.wire.explain.MountExplanation;
import cairn.wire.explain.PathExplanation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Explains images, containers and paths in them. Answers are snapshots; a running container changes meanwhile, and what has gone by then is
 * left out. Safe for several threads.
 */
public final class Explain {
    private static final int MAX_CACHED = 1024;

    private final Layers layers;
    private final Images images;
    private final Containers containers;
    private final OptionEffects options;
    /** Layers never change, and a chain says what lies below. Longest unused first. */
    private final Map<ChainId, LayerWalk.Counts> counted = new LinkedHashMap<>(16, 0.75f, true);

    public Explain(Layers layers, Images images, Containers containers, OptionEffects options) {
        this.layers = layers;
        this.images = images;
        this.containers = containers;
        this.options = options;
    }

    /**
     * Whether a reference is a container's; containers go before images of the same name.
     *
     * @throws EngineException AmbiguousId
     */
    public boolean isContainer(String ref) {
        return findContainer(ref) != null;
    }

    private @Nullable Container findContainer(String ref) {
        try {
            return containers.get(ref);
        } catch (EngineException e) {
            if (e.problem() instanceof Problem.NoSuchContainer) {
                return null;
            }
            throw e;
        }
    }

    // ---- images

    /**
     * An image's layers, and how it was made.
     *
     * @throws EngineException NoSuchImage, InvalidReference
     */
    public ImageExplanation image(String ref) {
        Image image = images.get(ref);
        List<HistoryStep> steps = History.steps(image);
        try (Pile pile = new Pile(levels(image, steps))) {
            List<String> names = new ArrayList<>(image.repoTags());
            names.addAll(image.repoDigests());
            return new ImageExplanation(
                    image.id().toString(),
                    names,
                    image.created().toString(),
                    image.config().content().architecture(),
                    image.size(),
                    layers(pile),
                    steps);
        }
    }

    /** Topmost first. */
    private List<Level> levels(Image image, List<HistoryStep> steps) {
        return image.chainId() == null ? List.of() : levels(image.chainId(), steps);
    }

    private List<Level> levels(ChainId top, List<HistoryStep> steps) {
        List<HistoryStep> made = History.ofLayers(steps);
        List<Layer> chain = layers.chain(top);
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < chain.size(); i++) {
            HistoryStep step = made.size() == chain.size() ? made.get(chain.size() - 1 - i) : null;
            levels.add(Level.image(
                    chain.get(i), step == null ? "" : step.createdBy(), step == null ? "" : step.created()));
        }
        return levels;
    }

    private List<LayerExplanation> layers(Pile pile) {
        List<LayerExplanation> found = new ArrayList<>();
        for (int i = 0; i < pile.levels().size(); i++) {
            Level level = pile.levels().get(i);
            LayerWalk.Counts counts = counts(pile, i);
            found.add(new LayerExplanation(
                    level.kind(),
                    level.link(),
                    level.diff().toString(),
                    level.cacheId(),
                    level.diffId(),
                    level.chainId(),
                    level.instruction(),
                    level.created(),
                    level.layer() == null ? counts.size() : level.layer().size(),
                    counts.names(),
                    counts.adds(),
                    counts.changes(),
                    counts.hides(),
                    counts.incomplete()));
        }
        return found;
    }

    private LayerWalk.Counts counts(Pile pile, int level) {
        Layer layer = pile.levels().get(level).layer();
        if (layer == null) {
            return LayerWalk.count(pile.root(level), pile.rootsBelow(level));
        }
        synchronized (counted) {
            LayerWalk.Counts known = counted.get(layer.chainId());
            if (known != null) {
                return known;
            }
        }
        LayerWalk.Counts counts = LayerWalk.count(pile.root(level), pile.rootsBelow(level));
        synchronized (counted) {
            counted.put(layer.chainId(), counts);
            if (counted.size() > MAX_CACHED) {
                counted.remove(counted.keySet().iterator().next());
            }
        }
        return counts;
    }

    // ---- containers

    /**
     * A container's layers, and if it runs what surrounds its processes.
     *
     * @throws EngineException NoSuchContainer, AmbiguousId
     */
    public ContainerExplanation container(String ref) {
        Container container = containers.get(ref);
        ReadWriteLayer own = own(container);
        int pid = container.state() instanceof LifeState.Running running ? running.pid() : 0;
        List<String> command = new ArrayList<>();
        command.add(container.path());
        command.addAll(container.args());
        try (Pile pile = new Pile(levels(container, own));
                Inside inside = open(container)) {
            return new ContainerExplanation(
                    container.id(),
                    container.name(),
                    container.config().image(),
                    container.image().toString(),
                    container.state().status(),
                    pid,
                    command,
                    options.of(container),
                    layers(pile),
                    OverlayFacts.of(own, pile.levels(), pid),
                    pid == 0 ? List.of() : ProcessFacts.namespaces(pid),
                    pid == 0 ? List.of() : CgroupFacts.of(pid),
                    pid == 0 ? List.of() : ProcessFacts.processes(containers.processes(container.id())),
                    pid == 0 ? List.of() : ProcessFacts.ancestors(pid),
                    NetworkFacts.of(container, inside.live == null ? null : inside.live.root()),
                    inside.live == null ? List.of() : mountFacts(container).explain(inside.live.mounts()),
                    pid == 0 ? null : ProcessFacts.security(pid));
        }
    }

    private ReadWriteLayer own(Container container) {
        ReadWriteLayer own = layers.readWrite().find(container.id());
        if (own == null) {
            throw new Problem.StoreDamaged(container.id(), "the container has no layer").exception();
        }
        return own;
    }

    private List<Level> levels(Container container, ReadWriteLayer own) {
        List<Level> levels = new ArrayList<>();
        levels.add(Level.writable(own));
        levels.add(Level.init(own));
        if (own.parent() != null) {
            // The image may be gone by now; its layers are not while a container stands on them.
            Image image = images.find(container.image());
            levels.addAll(levels(own.parent(), image == null ? List.of() : History.steps(image)));
        }
        return levels;
    }

    private static MountFacts mountFacts(Container container) {
        return new MountFacts(container, MountFacts.ofHost());
    }

    /** What is to be seen of a container from within; nothing unless it runs. */
    private record Inside(PathWalk.@Nullable Live live) implements AutoCloseable {
        @Override
        public void close() {
            if (live != null) {
                live.root().close();
            }
        }
    }

    private static Inside open(Container container) {
        if (!(container.state() instanceof LifeState.Running running)) {
            return new Inside(null);
        }
        InRoot root = null;
        try {
            root = InRoot.ofProcess(running.pid());
            List<MountEntry> mounts = MountTable.read(running.pid());
            // After both: if the start time is still right, they were that process's.
            if (Processes.startTime(running.pid()) == running.startTime()) {
                return new Inside(new PathWalk.Live(root, mounts));
            }
        } catch (LinuxException e) {
            // It has just ended.
        }
        if (root != null) {
            root.close();
        }
        return new Inside(null);
    }

    // ---- paths

    /**
     * Where a path of a container or image comes from, all links followed.
     *
     * @throws EngineException NoSuchContainer, AmbiguousId, InvalidParameter
     */
    public PathExplanation path(String ref, String path) {
        return path(ref, path, true);
    }

    /**
     * As {@link #path(String, String)}.
     *
     * @param followLast false explains a link at the end of the path itself, rather than what it leads to
     */
    public PathExplanation path(String ref, String path, boolean followLast) {
        Container container = findContainer(ref);
        if (container != null) {
            return path(container, path, followLast);
        }
        Image image = images.get(ref);
        try (Pile pile = new Pile(levels(image, History.steps(image)))) {
            PathWalk.End end = PathWalk.walk(pile, null, path, followLast);
            return new PathWords(pile, end).explain(path, null, "");
        }
    }

    private PathExplanation path(Container container, String path, boolean followLast) {
        try (Pile pile = new Pile(levels(container, own(container)));
                Inside inside = open(container)) {
            PathWalk.End end = PathWalk.walk(pile, inside.live, path, followLast);
            MountEntry mount = end.mount();
            MountExplanation explained =
                    mount == null ? null : mountFacts(container).explain(mount);
            return new PathWords(pile, end)
                    .explain(path, explained, mount == null ? "" : MountFacts.inside(mount, end.path()));
        }
    }
}
