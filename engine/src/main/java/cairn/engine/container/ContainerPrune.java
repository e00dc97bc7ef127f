package cairn.engine.container;

import static java.lang.System.Logger.Level.WARNING;

import cairn.engine.error.EngineException;
import cairn.engine.layer.ReadWriteLayers;
import cairn.wire.PruneFilters;
import cairn.wire.container.ContainersPruneReport;
import java.util.ArrayList;
import java.util.List;

/** Removes containers that do not run: moby's ContainersPrune. */
public final class ContainerPrune {
    private static final System.Logger LOG = System.getLogger(ContainerPrune.class.getName());

    private final Containers containers;
    private final ReadWriteLayers layers;

    ContainerPrune(Containers containers, ReadWriteLayers layers) {
        this.containers = containers;
        this.layers = layers;
    }

    /** One that cannot be removed is logged and left. */
    public ContainersPruneReport prune(PruneFilters filters) {
        List<String> deleted = new ArrayList<>();
        long reclaimed = 0;
        for (Container container : containers.all()) {
            if (container.active()
                    || !filters.take(container.created(), container.config().labels())) {
                continue;
            }
            long size = layers.size(container.id());
            try {
                containers.remove(container.id(), false, false);
                deleted.add(container.id());
                reclaimed += size;
            } catch (EngineException e) {
                LOG.log(WARNING, "container {0} is not pruned: {1}", container.id(), e.problem());
            }
        }
        return new ContainersPruneReport(deleted.isEmpty() ? null : deleted, reclaimed);
    }
}
