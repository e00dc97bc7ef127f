package cairn.engine.check;

import cairn.oci.ImageId;
import cairn.oci.InvalidReferenceException;
import cairn.oci.Reference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code repositories.json}: it can be read, and each name leads to an image. */
final class ImageNames implements Rule {
    @Override
    public void check(Picture store, Relations relations, Findings findings) {
        Picture.Names names = store.names();
        if (!names.fault().isEmpty()) {
            findings.add(
                    Kind.NAMES_DAMAGED,
                    names.path(),
                    Owner.NAMES,
                    "the names of images cannot be read: " + names.fault(),
                    "moves the file aside and writes the names that the engine knows",
                    new Action.RewriteNames());
        }
        if ((names.mode() & 077) != 0) {
            findings.add(
                    Kind.RECORD_MODE,
                    names.path(),
                    Owner.NAMES,
                    "the names of images have mode %04o, wider than 0600".formatted(names.mode()),
                    "sets the mode",
                    new Action.Mode(names.path(), 0600));
        }
        names.references().forEach((text, id) -> name(store, text, id, findings));
    }

    private static void name(Picture store, String text, String id, Findings findings) {
        Picture.Names names = store.names();
        Reference reference = parse(text);
        if (reference == null) {
            findings.add(
                    Kind.NAME_INVALID,
                    names.path().resolve(text.replace('/', '_')),
                    Owner.NAMES,
                    "\"" + text + "\" cannot be the name of an image",
                    "nothing: another engine may know what it means",
                    List.of());
            return;
        }
        ImageId image = Ids.imageId(id);
        if (image == null || !store.images().containsKey(image.digest().hex())) {
            findings.add(
                    Kind.NAME_DANGLING,
                    names.path().resolve(text),
                    Owner.NAMES,
                    "\"" + text + "\" is the name of image "
                            + (image == null ? id : Ids.brief(image.digest().hex())) + ", which does not exist",
                    "forgets the name",
                    new Action.ForgetName(reference));
        }
    }

    /** What takes all names off an image. */
    static List<Action> forget(Picture store, String id) {
        List<Action> actions = new ArrayList<>();
        store.names().references().forEach((text, holder) -> {
            Reference reference = parse(text);
            if (holder.equals(id) && reference != null) {
                actions.add(new Action.ForgetName(reference));
            }
        });
        return actions;
    }

    private static @Nullable Reference parse(String text) {
        try {
            return Reference.parseNormalized(text);
        } catch (InvalidReferenceException e) {
            return null;
        }
    }
}
