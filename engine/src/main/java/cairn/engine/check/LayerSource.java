package cairn.engine.check;

import cairn.engine.layer.StagedLayer;
import cairn.oci.DiffId;
import java.util.List;

/** Where a layer can be had again. */
public interface LayerSource {
    /** For an engine that knows no registry. */
    LayerSource NONE = new LayerSource() {
        @Override
        public List<String> of(DiffId layer) {
            return List.of();
        }

        @Override
        public StagedLayer fetch(DiffId layer) {
            throw new IllegalStateException("no registry is known");
        }
    };

    /** Repositories that are on record for the layer, the best first; empty where none is. */
    List<String> of(DiffId layer);

    /**
     * Downloads it, verified.
     *
     * @throws cairn.engine.error.EngineException what the registry says
     */
    StagedLayer fetch(DiffId layer);
}
