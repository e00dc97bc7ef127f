package cairn.engine.explain;

import cairn.engine.container.Container;
import cairn.engine.container.Containers;
import cairn.engine.error.EngineException;
import cairn.engine.log.LogSelection;
import cairn.wire.container.ContainerInspect;
import cairn.wire.container.ContainerState;
import cairn.wire.explain.EndExplanation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Why a container has ended, or does not run: gathers what records, log and files say. */
public final class Why {
    private static final int LINES = 5;

    private final Containers containers;
    private final Explain explain;

    public Why(Containers containers, Explain explain) {
        this.containers = containers;
        this.explain = explain;
    }

    /** @throws EngineException NoSuchContainer, AmbiguousId */
    public EndExplanation of(String ref) {
        Container container = containers.get(ref);
        ContainerInspect inspect = containers.inspect(container.id(), false);
        ContainerState state = Objects.requireNonNull(inspect.state());
        List<String> lines = lastLines(container);
        List<String> findings = new ProgramFiles(container, explain).findings(state, lines);
        return new EndExplanation(
                container.id(),
                container.name(),
                state,
                container.restarts().count(),
                findings,
                lines,
                WhyWords.of(container, state, findings, lines));
    }

    private List<String> lastLines(Container container) {
        List<String> lines = new ArrayList<>();
        try {
            containers.logs(
                    container.id(),
                    new LogSelection(true, true, null, null, LINES, false),
                    record -> lines.add(new String(record.text(), StandardCharsets.UTF_8).stripTrailing()),
                    () -> false);
        } catch (IOException | EngineException e) {
            // No log, or none that can be read: then it says nothing.
        }
        lines.removeIf(String::isBlank);
        return lines;
    }
}
