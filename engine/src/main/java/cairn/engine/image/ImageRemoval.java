package cairn.engine.image;

import cairn.engine.error.Problem;
import cairn.oci.ChainId;
import cairn.oci.ImageId;
import cairn.oci.InvalidReferenceException;
import cairn.oci.Reference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One removal by Docker's rules, in Docker's order (moby's ImageDelete). Runs under the lock of {@link Images}. */
final class ImageRemoval {
    private final Images images;
    private final ImageUsers users;
    private final List<Removed> done = new ArrayList<>();
    private final List<Image> untagged;
    private final List<ImageId> deleted;

    /** Both lists are filled with the images that events are due for. */
    ImageRemoval(Images images, ImageUsers users, List<Image> untagged, List<ImageId> deleted) {
        this.images = images;
        this.users = users;
        this.untagged = untagged;
        this.deleted = deleted;
    }

    List<Removed> remove(Image image, String text, boolean force, boolean prune) {
        // A name goes before digits, here as when it was looked up: one of "a" and "b" may well be "a…" by its ID.
        if (isIdPrefix(image.id(), text) && !isName(image, text)) {
            removeById(image, text, force, prune);
        } else {
            removeByName(image, text, force, prune);
        }
        return done;
    }

    private boolean isName(Image image, String text) {
        try {
            return images.references(image.id())
                    .contains(Reference.parseNormalized(text).withDefaultTag());
        } catch (InvalidReferenceException e) {
            return false; // A whole ID is no name.
        }
    }

    private static boolean isIdPrefix(ImageId id, String text) {
        return id.toString().startsWith(text) || id.digest().hex().startsWith(text);
    }

    private void removeByName(Image image, String text, boolean force, boolean prune) {
        List<Reference> references = images.references(image.id());
        if (!force && isSingle(references)) {
            // With its last name gone the image would dangle under a container: only by force.
            for (ImageUsers.Use use : users.of(image.id())) {
                throw new Problem.ImageInUse(text, image.id().digest().hex(), use.containerId(), use.running(), true)
                        .exception();
            }
        }
        Reference named = Reference.parseNormalized(text).withDefaultTag();
        untag(image, named, true);
        if (named.digest() == null && !hasTagIn(image, named)) {
            // Digest references mean nothing without a tag of their repository.
            for (Reference reference : images.references(image.id())) {
                if (reference.digest() != null && reference.repository().equals(named.repository())) {
                    untag(image, reference, false);
                }
            }
        }
        if (images.references(image.id()).isEmpty()) {
            delete(image, text, force, prune, true);
        }
    }

    private boolean hasTagIn(Image image, Reference named) {
        return images.references(image.id()).stream()
                .anyMatch(reference ->
                        reference.digest() == null && reference.repository().equals(named.repository()));
    }

    private void removeById(Image image, String text, boolean force, boolean prune) {
        List<Reference> references = images.references(image.id());
        if (isSingle(references)) {
            Problem conflict = conflict(image, text, !force, false);
            if (conflict != null) {
                throw conflict.exception();
            }
            references.forEach(reference -> untag(image, reference, true));
        }
        delete(image, text, force, prune, false);
    }

    /** At most one tag, and all digest references in the tag's repository. */
    private static boolean isSingle(List<Reference> references) {
        if (references.size() <= 1) {
            return true;
        }
        Set<String> repositories = new HashSet<>();
        int tags = 0;
        for (Reference reference : references) {
            repositories.add(reference.repository());
            tags += reference.digest() == null ? 1 : 0;
        }
        return tags <= 1 && repositories.size() == 1;
    }

    private void untag(Image image, Reference reference, boolean announce) {
        images.removeReference(reference);
        done.add(new Removed.Untagged(reference.familiar()));
        if (announce) {
            untagged.add(image);
        }
    }

    /**
     * @param quiet a conflict ends it without an error, unless the image would dangle unused: the caller has already got what
     *     he asked for, his name removed
     */
    private void delete(Image image, String text, boolean force, boolean prune, boolean quiet) {
        Problem conflict = conflict(image, text, !force, !force);
        if (conflict != null) {
            boolean dangling = images.references(image.id()).isEmpty() && !images.hasChildren(image.id());
            if (quiet && (!dangling || conflict instanceof Problem.ImageInUse)) {
                return;
            }
            throw conflict.exception();
        }
        for (Reference reference : images.references(image.id())) {
            untag(image, reference, true);
        }
        List<ChainId> layers = images.delete(image);
        deleted.add(image.id());
        done.add(new Removed.Deleted(image.id().toString()));
        layers.forEach(layer -> done.add(new Removed.Deleted(layer.toString())));
        Image parent = image.parent() == null ? null : images.find(image.parent());
        if (prune && parent != null) {
            delete(parent, parent.id().toString(), false, true, true);
        }
    }

    /** Children and running containers always forbid it; stopped ones and names only when asked. */
    private @Nullable Problem conflict(Image image, String text, boolean stopped, boolean named) {
        String hex = image.id().digest().hex();
        if (images.hasChildren(image.id())) {
            return new Problem.ImageHasChildren(hex);
        }
        List<ImageUsers.Use> uses = users.of(image.id());
        for (ImageUsers.Use use : uses) {
            if (use.running()) {
                return new Problem.ImageInUse(text, hex, use.containerId(), true, false);
            }
        }
        List<Reference> references = images.references(image.id());
        if (named && !references.isEmpty()) {
            return new Problem.ImageTagged(
                    hex, references.stream().map(Reference::familiar).toList());
        }
        return stopped && !uses.isEmpty()
                ? new Problem.ImageInUse(text, hex, uses.getFirst().containerId(), false, false)
                : null;
    }
}
