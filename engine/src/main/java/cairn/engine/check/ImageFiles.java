package cairn.engine.check;

import cairn.oci.ChainId;
import cairn.oci.Digest;
import cairn.oci.ImageConfig;
import cairn.oci.ImageId;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code imagedb}: each config is what its name says, its layers exist, and what is noted beside it makes sense. */
final class ImageFiles implements Rule {
    @Override
    public void check(Picture store, Relations relations, Findings findings) {
        Set<String> inUse = new HashSet<>();
        store.containers().values().forEach(container -> {
            if (container.record() != null) {
                inUse.add(container.record().image());
            }
        });
        store.images().forEach((hex, image) -> {
            if (Ids.isHex64(hex)) {
                image(store, hex, image, inUse, findings);
            } else {
                findings.add(
                        Kind.UNKNOWN_FILE,
                        image.path(),
                        Owner.NOBODY,
                        "its name is no image ID",
                        "nothing: neither engine has put it there",
                        List.of());
            }
        });
        store.metadata().forEach((hex, metadata) -> metadata(store, hex, metadata, findings));
    }

    private static void image(
            Picture store, String hex, Picture.ImageFile image, Set<String> inUse, Findings findings) {
        ImageId id = new ImageId(new Digest("sha256", hex));
        Owner owner = Owner.image(name(store, id));
        ImageConfig config = image.config();
        if (config == null) {
            damaged(store, image, id, owner, inUse, findings);
            return;
        }
        if ((image.mode() & 077) != 0) {
            findings.add(
                    Kind.RECORD_MODE,
                    image.path(),
                    owner,
                    "the config has mode %04o, wider than 0600".formatted(image.mode()),
                    "sets the mode",
                    new Action.Mode(image.path(), 0600));
        }
        ChainId chain = config.diffIds().isEmpty() ? null : ChainId.of(config.diffIds());
        if (chain != null && !store.layers().containsKey(chain.digest().hex())) {
            boolean free = !inUse.contains(id.toString()) && !store.engine().hasImage(id);
            findings.add(
                    Kind.IMAGE_LAYER,
                    image.path(),
                    owner,
                    "the image's layer " + chain + " does not exist",
                    free
                            ? "drops the image's record and names: pull or load it again"
                            : "nothing: a container uses the image; pull or load it again",
                    free ? drop(store, image, id) : List.of());
        }
    }

    private static void damaged(
            Picture store, Picture.ImageFile image, ImageId id, Owner owner, Set<String> inUse, Findings findings) {
        boolean known = store.engine().hasImage(id);
        boolean free = !inUse.contains(id.toString());
        findings.add(
                Kind.IMAGE_DAMAGED,
                image.path(),
                owner,
                "the image's config is damaged: " + image.fault(),
                known
                        ? "writes it from the engine's memory"
                        : free
                                ? "drops the image's record and names: pull or load it again"
                                : "nothing: a container uses the image; pull or load it again",
                known ? List.of(new Action.WriteConfig(image.path(), id)) : free ? drop(store, image, id) : List.of());
    }

    private static List<Action> drop(Picture store, Picture.ImageFile image, ImageId id) {
        List<Action> actions = new ArrayList<>();
        actions.add(new Action.Discard(image.path()));
        Picture.Folder metadata = store.metadata().get(id.digest().hex());
        if (metadata != null) {
            actions.add(new Action.Discard(metadata.path()));
        }
        actions.addAll(ImageNames.forget(store, id.toString()));
        return actions;
    }

    /** A name if it has one, else the first digits. */
    private static String name(Picture store, ImageId id) {
        return store.names().references().entrySet().stream()
                .filter(name -> name.getValue().equals(id.toString()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> Ids.brief(id.digest().hex()));
    }

    private static void metadata(Picture store, String hex, Picture.Folder metadata, Findings findings) {
        if (!store.images().containsKey(hex)) {
            findings.add(
                    Kind.METADATA_UNOWNED,
                    metadata.path(),
                    Owner.NOBODY,
                    "there is no image " + Ids.brief(hex),
                    "moves it to the trash",
                    new Action.Discard(metadata.path()));
            return;
        }
        Owner owner = Owner.image(Ids.brief(hex));
        String updated = metadata.text("lastUpdated");
        if (updated != null && !isTime(updated)) {
            findings.add(
                    Kind.METADATA_DAMAGED,
                    metadata.file("lastUpdated"),
                    owner,
                    "the time of the last tag is not readable",
                    "moves it to the trash",
                    new Action.Discard(metadata.file("lastUpdated")));
        }
        String parent = metadata.text("parent");
        ImageId parentId = parent == null ? null : Ids.imageId(parent);
        if (parent != null
                && (parentId == null
                        || !store.images().containsKey(parentId.digest().hex()))) {
            findings.add(
                    Kind.IMAGE_PARENT,
                    metadata.file("parent"),
                    owner,
                    "the image's parent, " + (parent.isEmpty() ? "of which the name is empty" : parent)
                            + ", does not exist",
                    "forgets the parent",
                    new Action.Discard(metadata.file("parent")));
        }
    }

    /** RFC 3339, as Go writes it. */
    private static boolean isTime(String text) {
        try {
            return !java.time.OffsetDateTime.parse(text).toInstant().isBefore(Instant.MIN);
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
