package cairn.engine.image;

import static java.lang.System.Logger.Level.WARNING;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.layer.Compression;
import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.engine.store.DataRoot;
import cairn.oci.ChainId;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.ImageConfig;
import cairn.oci.ImageId;
import cairn.oci.InvalidReferenceException;
import cairn.oci.Platform;
import cairn.oci.Platforms;
import cairn.oci.Reference;
import cairn.oci.RunConfig;
import cairn.oci.tar.TarException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The images of one data root. Reads give snapshots; every change is on disk when its call returns, and events follow it. Safe for
 * several threads.
 */
public final class Images {
    private static final System.Logger LOG = System.getLogger(Images.class.getName());
    private static final int HEX = 64;

    private final Layers layers;
    private final ImageEvents events;
    private final Clock clock;
    private final String engineVersion;
    private final ImageRecords records;
    private final Repositories repositories;
    private final ImageArchives archives;
    private final KeptManifests manifests;

    private final Object lock = new Object();
    /** By the hexadecimal digits of the ID, in order, for prefixes. */
    private final NavigableMap<String, Known> known = new TreeMap<>();

    /** What is known of an image beside its names. */
    private record Known(
            ImageConfig config,
            long size,
            @Nullable ImageId parent,
            @Nullable ChainId chainId,
            @Nullable Instant tagged) {
        Known withParent(@Nullable ImageId parent) {
            return new Known(config, size, parent, chainId, tagged);
        }

        Known withTagged(Instant tagged) {
            return new Known(config, size, parent, chainId, tagged);
        }
    }

    /**
     * Reads the records of the root, takes a use of each image's layers, and lets the layers sweep what is left over.
     *
     * @param engineVersion for {@code docker_version} in the configs of new images
     */
    public Images(DataRoot root, Layers layers, ImageEvents events, Clock clock, String engineVersion) {
        this.layers = layers;
        this.events = events;
        this.clock = clock;
        this.engineVersion = engineVersion;
        this.records = new ImageRecords(root);
        this.repositories = new Repositories(root.repositories(), root.files());
        this.archives = new ImageArchives(this, layers, root.tmp());
        this.manifests = new KeptManifests(root);
        records.load().forEach(this::restore);
        records.sweep();
        dropUnknownParents();
        manifests.sweep(id -> known.containsKey(hex(id)));
        layers.sweep();
    }

    private void restore(ImageRecords.Stored stored) {
        ImageConfig config = stored.config();
        ChainId chain = chainOf(config);
        if (chain != null && layers.find(chain) == null) {
            LOG.log(WARNING, "image {0} is left out: its layer {1} is missing", config.id(), chain);
            return;
        }
        if (chain != null) {
            layers.retain(chain);
        }
        known.put(hex(config.id()), new Known(config, sizeOf(chain), stored.parent(), chain, stored.lastTagTime()));
    }

    private void dropUnknownParents() {
        known.replaceAll((hex, image) -> {
            ImageId parent = image.parent();
            if (parent == null || known.containsKey(hex(parent))) {
                return image;
            }
            // On disk only if it is really gone, and not merely left out for now.
            records.forgetRemoved(image.config().id(), parent);
            return image.withParent(null);
        });
    }

    /** Reads the records again and takes in images that have become readable; known ones stay as they are. */
    public void takeUp() {
        synchronized (lock) {
            records.load().stream()
                    .filter(stored -> !known.containsKey(hex(stored.config().id())))
                    .forEach(this::restore);
        }
    }

    /** Takes a name away that leads to no image; false if it leads to one after all. */
    public boolean forgetName(Reference name) {
        synchronized (lock) {
            ImageId id = repositories.find(name);
            boolean removed = (id == null || !known.containsKey(hex(id))) && repositories.remove(name);
            repositories.save();
            return removed;
        }
    }

    /** Writes {@code repositories.json} anew from what is in memory. */
    public void rewriteNames() {
        synchronized (lock) {
            repositories.write();
        }
    }

    // ---- reading

    /** All images, newest first. */
    public List<Image> list() {
        List<Image> list = new ArrayList<>();
        synchronized (lock) {
            known.values().forEach(image -> list.add(snapshot(image)));
        }
        list.sort(Comparator.comparing(Image::created)
                .reversed()
                .thenComparing(Image::id, Comparator.comparing(ImageId::digest)));
        return list;
    }

    /**
     * The image that a text names: an ID with or without {@code sha256:}, a tag, a digest reference, or the first digits of an ID. A name goes
     * before digits.
     *
     * @throws EngineException NoSuchImage, or InvalidReference for what can be no name
     */
    public Image get(String text) {
        Image image = find(text);
        if (image == null) {
            throw missing(text);
        }
        return image;
    }

    /**
     * As {@link #get}, of an image that runs on a platform.
     *
     * @param platform null for any
     * @throws EngineException WrongPlatform, NoSuchImage, InvalidReference
     */
    public Image get(String text, @Nullable Platform platform) {
        Image image = get(text);
        requirePlatform(text, image.config(), platform);
        return image;
    }

    /** @throws EngineException WrongPlatform */
    static void requirePlatform(String name, ImageConfig config, @Nullable Platform wanted) {
        Platform actual = config.platform();
        if (wanted != null && !Platforms.matches(wanted, actual)) {
            throw new Problem.WrongPlatform(name, actual.toString(), wanted.toString()).exception();
        }
    }

    /** As {@link #get}, but null if there is none. */
    public @Nullable Image find(String text) {
        ImageId id = asId(text);
        if (id != null) {
            return find(id);
        }
        Reference reference = parse(text);
        synchronized (lock) {
            ImageId named = repositories.find(reference);
            Known image = named == null ? byPrefix(text) : known.get(hex(named));
            return image == null ? null : snapshot(image);
        }
    }

    /** Null if there is none. */
    public @Nullable Image find(ImageId id) {
        synchronized (lock) {
            Known image = known.get(hex(id));
            return image == null ? null : snapshot(image);
        }
    }

    /** The steps in which the image was made, newest first. @param platform as {@link #get(String, Platform)} has it */
    public List<HistoryEntry> history(String text, @Nullable Platform platform) {
        Image image = get(text, platform);
        List<HistoryEntry> entries = new ArrayList<>();
        List<Layer> chain = image.chainId() == null
                ? List.of()
                : layers.chain(image.chainId()).reversed();
        int layer = 0;
        for (ImageConfig.History step : image.config().content().history()) {
            long size = 0;
            if (!step.emptyLayer() && layer < chain.size()) {
                size = chain.get(layer++).size();
            }
            entries.addFirst(new HistoryEntry(
                    null, step.created(), orEmpty(step.createdBy()), List.of(), size, orEmpty(step.comment())));
        }
        nameSteps(entries, image);
        return entries;
    }

    /** The newest step made the image itself, the one before it the image's parent, and so on as far as parents are known. */
    private void nameSteps(List<HistoryEntry> entries, Image image) {
        Image made = image;
        for (int i = 0; i < entries.size() && made != null; i++) {
            HistoryEntry entry = entries.get(i);
            entries.set(
                    i,
                    new HistoryEntry(
                            made.id(),
                            entry.created(),
                            entry.createdBy(),
                            made.repoTags(),
                            entry.size(),
                            entry.comment()));
            made = made.parent() == null ? null : find(made.parent());
        }
    }

    // ---- names

    /**
     * Puts a further name on an image; a name without a tag gets {@code latest}. The name may have been another image's before.
     *
     * @throws EngineException NoSuchImage, or InvalidParameter for a name that cannot be a tag
     */
    public void tag(String source, Reference target) {
        Image image = get(source);
        Reference name = target.withDefaultTag();
        synchronized (lock) {
            requireStill(image);
            putTag(image.id(), name);
            repositories.save();
        }
        publish(ImageEvents.Action.TAG, image.id(), name.familiar(), image.config());
    }

    /** @throws EngineException InvalidParameter for a name that cannot be a tag */
    public static void requireTag(Reference name) {
        if (name.digest() != null) {
            throw new Problem.InvalidParameter("refusing to create a tag with a digest reference").exception();
        }
        if (name.familiarRepository().equals("sha256")) {
            throw new Problem.InvalidParameter("refusing to create an ambiguous tag using digest algorithm as name")
                    .exception();
        }
    }

    /** The image that had the name before, if it was another one. To be saved. */
    private @Nullable ImageId putTag(ImageId id, Reference name) {
        requireTag(name);
        ImageId before = repositories.put(name, id);
        touch(id);
        return id.equals(before) ? null : before;
    }

    /** Notes under which digest a registry has the image, which makes its {@code RepoDigests}. */
    public void putDigest(ImageId id, Reference reference) {
        if (reference.digest() == null) {
            throw new IllegalArgumentException("no digest in " + reference);
        }
        synchronized (lock) {
            repositories.put(reference, id);
            repositories.save();
        }
    }

    private void touch(ImageId id) {
        Instant now = clock.instant();
        records.writeLastTagTime(id, now);
        known.computeIfPresent(hex(id), (key, image) -> image.withTagged(now));
    }

    // ---- removing

    /**
     * Takes a name away, and with the last one the image; by an ID, the image with its only name. Docker's rules.
     *
     * @param force also while stopped containers use it or several names stand on it
     * @param noPrune keep parents that have no name
     * @return what was done, in order
     * @throws EngineException NoSuchImage, ImageInUse, ImageHasChildren, ImageTagged
     */
    public List<Removed> remove(String text, boolean force, boolean noPrune, ImageUsers users) {
        List<Image> untagged = new ArrayList<>();
        List<ImageId> deleted = new ArrayList<>();
        try {
            synchronized (lock) {
                try {
                    return new ImageRemoval(this, users, untagged, deleted).remove(get(text), text, force, !noPrune);
                } finally {
                    repositories.save();
                }
            }
        } finally {
            // Also after a conflict halfway: what has happened by then has happened. Of what is deleted nobody asks for
            // labels any more.
            untagged.forEach(image ->
                    publish(ImageEvents.Action.UNTAG, image.id(), image.id().toString(), image.config()));
            deleted.forEach(id -> events.happened(ImageEvents.Action.DELETE, id.toString(), id.toString(), Map.of()));
        }
    }

    List<Reference> references(ImageId id) {
        return repositories.of(id);
    }

    void removeReference(Reference reference) {
        repositories.remove(reference);
    }

    boolean hasChildren(ImageId id) {
        return known.values().stream().anyMatch(image -> id.equals(image.parent()));
    }

    /** Removes an image without names from the records, and layers that nothing else uses; their chains, topmost first. */
    List<ChainId> delete(Image image) {
        // No name on disk may lead to an image that is gone: not one that it had, and not one that another has by now.
        repositories.save();
        // Marked before the record goes: from then on nothing but the mark says that its layers are to go as well.
        if (image.chainId() != null) {
            layers.abandon(image.chainId());
        }
        records.remove(image.id());
        manifests.forget(image.id());
        known.remove(hex(image.id()));
        known.replaceAll((hex, other) -> {
            if (!image.id().equals(other.parent())) {
                return other;
            }
            records.forgetParent(other.config().id());
            return other.withParent(null);
        });
        return image.chainId() == null ? List.of() : layers.release(image.chainId());
    }

    // ---- making

    /**
     * Makes an image of a config whose layers exist. Of the topmost layer the caller hands over one use, which {@link Layers#unpack} or {@link
     * Layers#retain} gave him, whether this succeeds or not. An image that exists already stays as it is and gets the name.
     *
     * @param parent the image that it was made from, if any
     * @param name to put on it; null for none
     */
    public Image create(ImageConfig config, @Nullable ImageId parent, @Nullable Reference name) {
        return add(config, parent, name, ImageEvents.Action.CREATE);
    }

    /** As {@link #create}, but that the image was made is told by its maker's own event. */
    public Image add(ImageConfig config, @Nullable ImageId parent, @Nullable Reference name) {
        return add(config, parent, name, null);
    }

    private Image add(
            ImageConfig config,
            @Nullable ImageId parent,
            @Nullable Reference name,
            ImageEvents.@Nullable Action action) {
        Image image;
        synchronized (lock) {
            // Image and name at once: a prune must not see the one without the other.
            image = register(config, parent);
            if (name != null) {
                putTag(image.id(), name.withDefaultTag());
                repositories.save();
                image = snapshot(known(image.id()));
            }
        }
        if (name != null) {
            publish(ImageEvents.Action.TAG, image.id(), name.withDefaultTag().familiar(), config);
        }
        if (action != null) {
            publish(action, image.id(), image.id().toString(), config);
        }
        return image;
    }

    private Known known(ImageId id) {
        Known image = known.get(hex(id));
        if (image == null) {
            throw new Problem.NoSuchImage(id.toString()).exception();
        }
        return image;
    }

    /** What new configs give as {@code docker_version}. */
    public String engineVersion() {
        return engineVersion;
    }

    /**
     * Image and names at once, without any event; names are on disk after {@link #saveNames}. The use of the topmost layer is handed over as for
     * {@link #create}.
     */
    List<Loaded> registerLoaded(ImageConfig config, List<Reference> tags) {
        synchronized (lock) {
            ImageId id = register(config, null).id();
            if (tags.isEmpty()) {
                return List.of(new Loaded(id, null, null));
            }
            return tags.stream()
                    .map(tag -> new Loaded(id, tag, putTag(id, tag)))
                    .toList();
        }
    }

    void saveNames() {
        synchronized (lock) {
            repositories.save();
        }
    }

    /**
     * Takes in an image that came from a registry, under its names there, all or none of which another removal can meet. Of the topmost
     * layer the caller hands over one use, whether this succeeds or not. Publishes nothing: that is for whoever knows the whole pull.
     *
     * @param names tags, and references by digest
     * @return whether the last of the names was another image's before, or nobody's
     */
    public boolean adopt(ImageConfig config, List<Reference> names) {
        boolean moved = false;
        synchronized (lock) {
            ImageId id = register(config, null).id();
            for (Reference name : names) {
                moved = !id.equals(repositories.find(name));
                if (name.digest() != null) {
                    repositories.put(name, id);
                } else {
                    putTag(id, name);
                }
            }
            repositories.save();
        }
        return moved;
    }

    /** The manifests that registries know images of this store by. */
    public KeptManifests manifests() {
        return manifests;
    }

    /** All tags of a repository, with the images that they stand on. */
    public Map<Reference, Image> tagged(Reference repository) {
        Map<Reference, Image> tagged = new LinkedHashMap<>();
        synchronized (lock) {
            for (Reference tag : repositories.tagsIn(repository)) {
                tagged.put(tag, get(tag.familiar()));
            }
        }
        return tagged;
    }

    /** Without any event. */
    private Image register(ImageConfig config, @Nullable ImageId parent) {
        ChainId chain = chainOf(config);
        boolean kept = false;
        try {
            synchronized (lock) {
                Known existing = known.get(hex(config.id()));
                if (existing != null) {
                    return snapshot(existing);
                }
                records.add(config, parent);
                if (chain != null) {
                    layers.recorded(chain);
                }
                Known image = new Known(config, sizeOf(chain), parent, chain, null);
                known.put(hex(config.id()), image);
                kept = true;
                return snapshot(image);
            }
        } finally {
            if (!kept && chain != null) {
                layers.release(chain);
            }
        }
    }

    /**
     * Makes an image of one layer from a root filesystem's tar, compressed or not.
     *
     * @param name null for none
     * @param message becomes the image's comment; Docker's is {@code Imported from -}
     * @throws EngineException BadArchive, DiskFull; nothing is left behind
     * @throws IOException from the stream
     */
    public Image importTar(
            InputStream tar, @Nullable Reference name, String message, RunConfig config, Platform platform)
            throws IOException {
        Layer layer;
        try (InputStream plain = decompress(tar)) {
            layer = layers.unpack(null, plain, null);
        }
        Instant now = clock.instant();
        ImageConfig made = ImageConfig.create(new ImageConfig.Content(
                now,
                null,
                platform.architecture(),
                platform.variant(),
                platform.os(),
                platform.osVersion(),
                config,
                RunConfig.empty(),
                List.of(layer.diffId()),
                List.of(new ImageConfig.History(now, null, null, message, false)),
                message,
                engineVersion,
                null,
                null));
        return add(made, null, name, ImageEvents.Action.IMPORT);
    }

    private static InputStream decompress(InputStream tar) throws IOException {
        try {
            return Compression.decompress(tar);
        } catch (TarException e) {
            throw new Problem.BadArchive(null, String.valueOf(e.getMessage())).exception(e);
        }
    }

    // ---- archives

    /**
     * Loads all images of an archive of {@code docker save} or of an OCI layout.
     *
     * @param platform which all of them have to be for, and which is taken of an image for several; null for this machine's of several
     * @return the names and unnamed images that it brought, in the archive's order
     * @throws EngineException BadArchive, DiskFull, WrongPlatform; images loaded before the fault stay, of the one at fault nothing
     */
    public List<Loaded> load(InputStream archive, @Nullable Platform platform, LoadProgress progress)
            throws IOException {
        List<Loaded> loaded = archives.load(archive, platform, progress);
        loaded.stream().map(Loaded::id).distinct().forEach(id -> {
            Image image = find(id);
            if (image != null) {
                publish(ImageEvents.Action.LOAD, id, id.toString(), image.config());
            }
        });
        return loaded;
    }

    /**
     * Writes images to an archive. A repository's bare name stands for all its tags.
     *
     * @throws EngineException NoSuchImage, before the first byte is written
     */
    public void save(List<String> names, OutputStream out) throws IOException {
        Collection<Image> saved = archives.save(names, out);
        for (Image image : saved) {
            publish(ImageEvents.Action.SAVE, image.id(), image.id().toString(), image.config());
        }
    }

    /**
     * Looks whether {@link #save} will find everything.
     *
     * @param platform which all of it has to be for; null for any
     * @throws EngineException NoSuchImage, WrongPlatform
     */
    public void requireSavable(List<String> names, @Nullable Platform platform) {
        for (String name : names) {
            toSave(name).keySet().forEach(image -> requirePlatform(name, image.config(), platform));
        }
    }

    /** What a name to save stands for: images by the tags that are to be written with them. */
    Map<Image, List<Reference>> toSave(String text) {
        ImageId id = asId(text);
        Reference reference = id == null ? parse(text) : null;
        Map<Image, List<Reference>> found = new HashMap<>();
        synchronized (lock) {
            if (reference != null && reference.isNameOnly()) {
                for (Reference tag : repositories.tagsIn(reference)) {
                    found.computeIfAbsent(get(tag.familiar()), key -> new ArrayList<>())
                            .add(tag);
                }
            }
            if (found.isEmpty()) {
                Image image = get(text);
                boolean byTag = reference != null && reference.tag() != null && repositories.find(reference) != null;
                found.put(image, byTag ? List.of(reference) : List.of());
            }
        }
        return found;
    }

    // ---- inside

    private Image snapshot(Known image) {
        return new Image(
                image.config().id(),
                image.config(),
                repositories.of(image.config().id()),
                image.size(),
                image.parent(),
                image.chainId(),
                image.tagged());
    }

    private void requireStill(Image image) {
        if (!known.containsKey(hex(image.id()))) {
            throw new Problem.NoSuchImage(image.id().toString()).exception();
        }
    }

    /** Null when no image or more than one begins like that: Docker answers the same to both. */
    private @Nullable Known byPrefix(String text) {
        String prefix = text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
        if (prefix.isEmpty()) {
            return null;
        }
        Map.Entry<String, Known> first = known.ceilingEntry(prefix);
        if (first == null || !first.getKey().startsWith(prefix)) {
            return null;
        }
        String second = known.higherKey(first.getKey());
        return second != null && second.startsWith(prefix) ? null : first.getValue();
    }

    /** A whole ID, with or without its algorithm. */
    private static @Nullable ImageId asId(String text) {
        String hex = text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
        if (hex.length() != HEX) {
            return null;
        }
        try {
            return new ImageId(new Digest("sha256", hex));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Reference parse(String text) {
        try {
            return Reference.parseNormalized(text);
        } catch (InvalidReferenceException e) {
            throw invalid(text, e);
        }
    }

    private static EngineException invalid(String text, InvalidReferenceException e) {
        String words = "invalid reference format";
        String message = String.valueOf(e.getMessage());
        if (!message.startsWith(words)) {
            return new Problem.InvalidParameter(message).exception(e);
        }
        String rest = message.substring(words.length());
        return new Problem.InvalidReference(text, rest.startsWith(": ") ? rest.substring(2) : null).exception(e);
    }

    private static EngineException missing(String text) {
        ImageId id = asId(text);
        return new Problem.NoSuchImage(
                        id != null
                                ? id.toString()
                                : parse(text).withDefaultTag().familiar())
                .exception();
    }

    private static @Nullable ChainId chainOf(ImageConfig config) {
        List<DiffId> diffIds = config.diffIds();
        return diffIds.isEmpty() ? null : ChainId.of(diffIds);
    }

    private long sizeOf(@Nullable ChainId chain) {
        return chain == null ? 0 : layers.totalSize(chain);
    }

    private void publish(ImageEvents.Action action, ImageId id, String name, ImageConfig config) {
        Map<String, String> labels = config.config().labels();
        events.happened(action, id.toString(), name, labels == null ? Map.of() : labels);
    }

    private static String hex(ImageId id) {
        return id.digest().hex();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
