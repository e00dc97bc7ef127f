package cairn.engine.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects what rules find. */
final class Findings {
    private final Path root;
    private final List<Finding> list = new ArrayList<>();

    Findings(Path root) {
        this.root = root;
    }

    void add(Kind kind, Path path, Owner owner, String what, String repair, Action... actions) {
        add(kind, path, owner, what, repair, List.of(actions));
    }

    void add(Kind kind, Path path, Owner owner, String what, String repair, List<Action> actions) {
        list.add(new Finding(kind, root.relativize(path).toString(), owner, what, repair, actions));
    }

    List<Finding> list() {
        return List.copyOf(list);
    }
}
