package cairn.engine.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A whole plan: three sections of steps, in the order in which the shim carries them out. */
public record LaunchPlan(Kind kind, List<Step> prepare, List<Step> connect, List<Step> inside) {
    /** Run makes new namespaces; join enters those of a running process. */
    public enum Kind {
        RUN,
        JOIN
    }

    public LaunchPlan {
        prepare = checked(prepare, 'p');
        connect = checked(connect, 'c');
        inside = checked(inside, 'n');
    }

    private static List<Step> checked(List<Step> steps, char section) {
        for (Step step : steps) {
            if (step.op().sections().indexOf(section) < 0) {
                throw new IllegalArgumentException(step.op() + " does not belong into section " + section);
            }
        }
        return List.copyOf(steps);
    }

    /** The step that a failure report names by its index over all sections; null for none. */
    public @Nullable Step step(int index) {
        int rest = index;
        for (List<Step> section : List.of(prepare, connect, inside)) {
            if (rest >= 0 && rest < section.size()) {
                return section.get(rest);
            }
            rest -= section.size();
        }
        return null;
    }

    /** The same in words. */
    public String describe(int index) {
        Step step = step(index);
        return step == null ? "no step " + index : step.toString();
    }

    /** The golden text: one step per line under a heading per section. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind.name()).append('\n');
        append(text, "prepare", prepare);
        append(text, "connect", connect);
        append(text, "inside", inside);
        return text.toString();
    }

    private static void append(StringBuilder text, String name, List<Step> steps) {
        text.append(name).append(":\n");
        for (Step step : steps) {
            text.append("  ").append(step).append('\n');
        }
    }
}
