package cairn.engine.volume;

import static java.lang.System.Logger.Level.WARNING;

import cairn.engine.error.EngineException;
import cairn.wire.PruneFilters;
import cairn.wire.volume.VolumesPruneReport;
import java.util.ArrayList;
import java.util.List;

/** Removes volumes that no container has: moby's VolumesPrune. */
public final class VolumePrune {
    private static final System.Logger LOG = System.getLogger(VolumePrune.class.getName());

    private final Volumes volumes;

    public VolumePrune(Volumes volumes) {
        this.volumes = volumes;
    }

    /**
     * One with mount options stays: its bytes are not on this disk. One that cannot be removed is logged and left.
     *
     * @param all whether those with a name go, too
     */
    public VolumesPruneReport prune(PruneFilters filters, boolean all) {
        List<String> deleted = new ArrayList<>();
        long reclaimed = 0;
        for (Volume volume : volumes.list()) {
            boolean taken = !volume.hasOptions()
                    && volumes.users(volume.name()).isEmpty()
                    && (all || volume.knownLabels().containsKey(Volume.ANONYMOUS))
                    && filters.take(volume.created(), volume.labels());
            if (!taken) {
                continue;
            }
            try {
                long size = volumes.size(volume);
                volumes.remove(volume.name(), false);
                deleted.add(volume.name());
                reclaimed += size;
            } catch (EngineException e) {
                LOG.log(WARNING, "volume {0} is not pruned: {1}", volume.name(), e.problem());
            }
        }
        return new VolumesPruneReport(deleted, reclaimed);
    }
}
