package cairn.engine.check;

import java.util.List;

/**
 * One thing that is wrong.
 *
 * @param path where, relative to the data root
 * @param owner whose it is
 * @param what one plain sentence without a full stop
 * @param repair what a repair does, or why it does nothing, in words
 * @param actions empty where nothing can be done
 */
public record Finding(Kind kind, String path, Owner owner, String what, String repair, List<Action> actions) {
    public Finding {
        actions = List.copyOf(actions);
    }

    public boolean repairable() {
        return !actions.isEmpty();
    }

    /** Two looks at a store that changes have found the same thing. */
    boolean sameAs(Finding other) {
        return kind == other.kind && path.equals(other.path);
    }
}
