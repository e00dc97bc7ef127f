package cairn.engine.explain;

import cairn.engine.image.Image;
import cairn.oci.DiffId;
import cairn.oci.ImageConfig;
import cairn.wire.explain.HistoryStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Which instruction made which layer. */
final class History {
    private History() {}

    /**
     * All steps of an image, oldest first. Those that are not empty made one layer each, in order; where a config counts differently, no step
     * is given a layer rather than a wrong one.
     */
    static List<HistoryStep> steps(Image image) {
        List<ImageConfig.History> history = image.config().content().history();
        List<DiffId> layers = image.config().diffIds();
        boolean tallies = history.stream().filter(step -> !step.emptyLayer()).count() == layers.size();
        List<HistoryStep> steps = new ArrayList<>();
        int layer = 0;
        for (ImageConfig.History step : history) {
            String diffId = tallies && !step.emptyLayer() ? layers.get(layer++).toString() : "";
            steps.add(new HistoryStep(
                    Objects.toString(step.created(), ""),
                    Objects.requireNonNullElse(step.createdBy(), ""),
                    Objects.requireNonNullElse(step.comment(), ""),
                    step.emptyLayer(),
                    diffId));
        }
        return steps;
    }

    /** The steps that made layers, lowest layer first; empty where that cannot be told. */
    static List<HistoryStep> ofLayers(List<HistoryStep> steps) {
        return steps.stream().filter(step -> !step.diffId().isEmpty()).toList();
    }
}
