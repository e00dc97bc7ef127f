package cairn.engine.check;

import cairn.oci.ChainId;
import cairn.oci.DiffId;
import cairn.oci.ImageId;
import cairn.oci.Reference;
import java.nio.file.Path;

/** One step of a repair, as data. Paths are absolute. */
public sealed interface Action {
    /** Makes a directory that is missing. */
    record MakeDirectory(Path path, int mode) implements Action {}

    /** Writes a small file that follows from other records. */
    record Write(Path path, String content, int mode) implements Action {}

    /** Writes an image's config as the running engine has it in memory. */
    record WriteConfig(Path path, ImageId image) implements Action {}

    /** Makes a symbolic link, in place of whatever has its name. */
    record Link(Path path, String target) implements Action {}

    /** Sets the permission bits. */
    record Mode(Path path, int mode) implements Action {}

    /** Measures a layer's directory and writes down the size. */
    record Measure(Path diff, Path sizeFile) implements Action {}

    /** Writes {@code repositories.json} as the running engine has it in memory. */
    record RewriteNames() implements Action {}

    /** Takes a name off an image that does not exist. */
    record ForgetName(Reference name) implements Action {}

    /** Downloads the layer's blob again from where it came, and puts its files in place of the damaged ones. */
    record FetchLayer(ChainId layer, DiffId diffId, String cacheId) implements Action {}

    /** Removes a layer that the engine knows and nothing uses. */
    record ReleaseLayer(ChainId layer) implements Action {}

    /** Gives everything in a layer the owner, mode, attributes, times and link target of its record, and makes again what has no content. */
    record Restore(Path diff, Path record) implements Action {}

    /** Moves a file or directory to the trash. */
    record Discard(Path path) implements Action {}

    /** For a report: what it does, to what. */
    default String words() {
        return switch (this) {
            case MakeDirectory make -> "made directory " + make.path();
            case Write write -> "wrote " + write.path();
            case WriteConfig write -> "wrote " + write.path();
            case Link link -> "linked " + link.path() + " to " + link.target();
            case Mode mode -> "set mode %04o of %s".formatted(mode.mode(), mode.path());
            case Measure measure -> "wrote " + measure.sizeFile() + " after measuring " + measure.diff();
            case RewriteNames _ -> "wrote repositories.json, beside the damaged one";
            case ForgetName forget -> "forgot the name " + forget.name().familiar();
            case FetchLayer fetch -> "fetched layer " + fetch.layer();
            case ReleaseLayer release -> "removed layer " + release.layer();
            case Restore restore -> "restored what the record knows in " + restore.diff();
            case Discard discard -> "moved to the trash: " + discard.path();
        };
    }
}
