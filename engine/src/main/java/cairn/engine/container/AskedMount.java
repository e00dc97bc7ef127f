package cairn.engine.container;

import cairn.wire.container.BindOptions;
import cairn.wire.container.Mount;
import cairn.wire.container.MountBuilder;

/**
 * A mount of a container as it was asked for, beside what has become of it.
 *
 * @param spec without a source for a volume without a name, which goes with its container
 * @param mustExist whether a missing source of a bind is a fault, and not made
 */
record AskedMount(Mount spec, boolean mustExist) {
    /** Of a volume that the image declares, or that was asked for by its path alone. */
    static final AskedMount NOTHING = new AskedMount(MountBuilder.builder().build(), false);

    boolean isAnonymousVolume() {
        return spec.source().isEmpty();
    }

    /** Whether files of the image are to be copied into the volume while it is empty. */
    boolean copies() {
        return spec.volumeOptions() == null || !spec.volumeOptions().noCopy();
    }

    /** Of a bind, see {@link BindOptions}. */
    boolean idmapped() {
        return spec.bindOptions() != null && spec.bindOptions().cairnIdmap();
    }

    /** The same, as a bind that is idmapped. */
    AskedMount asIdmapped() {
        BindOptions options = spec.bindOptions();
        BindOptions idmapped = options == null
                ? new BindOptions("", false, false, false, false, true)
                : new BindOptions(
                        options.propagation(),
                        options.nonRecursive(),
                        options.createMountpoint(),
                        options.readOnlyNonRecursive(),
                        options.readOnlyForceRecursive(),
                        true);
        return new AskedMount(MountBuilder.builder(spec).bindOptions(idmapped).build(), mustExist);
    }

    /** Of a volume or an image: the part of it that is mounted, empty for the whole. */
    String subpath() {
        return spec.volumeOptions() != null
                ? spec.volumeOptions().subpath()
                : spec.imageOptions() != null ? spec.imageOptions().subpath() : "";
    }
}
