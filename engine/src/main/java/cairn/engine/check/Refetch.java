package cairn.engine.check;

import java.util.List;

/** Whether a damaged layer can be had again from the registry that it came from. */
final class Refetch {
    private Refetch() {}

    static List<Action> actions(String chain, Picture store) {
        return List.of();
    }

    static String words(String chain, Picture store) {
        return "nothing: it is not known which registry has the layer; remove the image and pull or load it again";
    }
}
