package cairn.engine.check;

/**
 * Whose a file is.
 *
 * @param name such as a layer's chain ID or a container's name; empty where there is only one of its type
 */
public record Owner(Type type, String name) {
    static final Owner STORE = new Owner(Type.STORE, "");
    static final Owner NOBODY = new Owner(Type.NOBODY, "");
    static final Owner NAMES = new Owner(Type.NAMES, "");
    static final Owner REGISTRIES = new Owner(Type.REGISTRIES, "");
    static final Owner DOCKERD = new Owner(Type.DOCKERD, "");

    /** What owns files in a data root. */
    public enum Type {
        /** The layout itself: directories, locks, marks, the trash. */
        STORE,
        LAYER,
        IMAGE,
        /** {@code repositories.json}. */
        NAMES,
        /** What is remembered of registries. */
        REGISTRIES,
        CONTAINER,
        VOLUME,
        /** Docker's daemon, which alone knows what it is. */
        DOCKERD,
        NOBODY
    }

    static Owner layer(String chain) {
        return new Owner(Type.LAYER, chain);
    }

    static Owner image(String image) {
        return new Owner(Type.IMAGE, image);
    }

    static Owner container(String container) {
        return new Owner(Type.CONTAINER, container);
    }
}
