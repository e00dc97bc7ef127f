package cairn.engine.image;

import java.util.Map;

/** Is told what happens to images, after it has happened and from the thread that did it. */
@FunctionalInterface
public interface ImageEvents {
    /** Docker's actions, by their names in lower case. */
    enum Action {
        PULL,
        PUSH,
        LOAD,
        SAVE,
        IMPORT,
        CREATE,
        TAG,
        UNTAG,
        DELETE
    }

    /**
     * One action on one image.
     *
     * @param id the event's actor: an image ID with {@code sha256:}, for PULL and PUSH the reference
     * @param name Docker's {@code name} attribute: the new tag for TAG, the repository for PULL and PUSH, else the same as the id
     * @param labels of the image; empty once it is gone
     */
    void happened(Action action, String id, String name, Map<String, String> labels);
}
