package cairn.engine.image;

import cairn.engine.error.Problem;
import cairn.engine.store.AtomicFiles;
import cairn.engine.store.Durability;
import cairn.oci.ImageId;
import cairn.oci.InvalidReferenceException;
import cairn.oci.Reference;
import cairn.wire.Json;
import cairn.wire.JsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Docker's reference store, {@code repositories.json}: {@code {"Repositories":{NAME:{REFERENCE:IMAGE_ID}}}} with familiar names. Changes
 * are on disk once {@link #save} has returned. Not safe for several threads: {@link Images} holds its lock.
 */
final class Repositories {
    private static final Comparator<Reference> TAGS_FIRST = Comparator.<Reference, Boolean>comparing(
                    reference -> reference.digest() != null)
            .thenComparing(Reference::familiar);

    private static final System.Logger LOG = System.getLogger(Repositories.class.getName());
    private static final int LIMIT = 64 << 20;
    /** What the name of a damaged file gets behind it. */
    static final String ASIDE = ".damaged";

    private static final Pattern ENTRY = Pattern.compile("\"([^\"\\\\]{1,512})\"\\s*:\\s*\"(sha256:[0-9a-f]{64})\"");

    private final Path file;
    private final AtomicFiles files;
    private final SortedMap<String, SortedMap<String, ImageId>> byRepository = new TreeMap<>();

    /** {@link #byRepository} the other way round, made when it is first asked for. */
    private @Nullable Map<ImageId, SortedSet<Reference>> byImage;

    /** Whether what lies on disk is not what {@link #byRepository} says, and could not be read. */
    private boolean damaged;

    private boolean unsaved;

    Repositories(Path file, AtomicFiles files) {
        this.file = file;
        this.files = files;
        byte[] json = null;
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                json = content(file);
                read(json);
            }
        } catch (IOException | JsonException | IllegalArgumentException e) {
            damaged = true;
            byRepository.clear();
            int saved = json == null ? 0 : salvage(json);
            LOG.log(
                    System.Logger.Level.ERROR,
                    "names of images: {0} cannot be read: {1}; {2} names are taken from what is left of it, the file is moved aside"
                            + " by the next change of a name or by a repair of the store",
                    file,
                    e.getMessage(),
                    saved);
        }
    }

    private static byte[] content(Path file) throws IOException {
        // Nothing else may be opened: a pipe would hold everybody up.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("no regular file");
        }
        if (Files.size(file) > LIMIT) {
            throw new IOException("larger than " + LIMIT + " bytes");
        }
        return Files.readAllBytes(file);
    }

    /** Each whole entry that can still be made out; how many there are. */
    private int salvage(byte[] json) {
        int count = 0;
        Matcher entry = ENTRY.matcher(new String(json, StandardCharsets.UTF_8));
        while (entry.find()) {
            try {
                Reference reference = Reference.parseNormalized(entry.group(1));
                put(reference.familiarRepository(), entry.group(1), ImageId.parse(entry.group(2)));
                count++;
            } catch (IllegalArgumentException e) {
                // Part of the damage.
            }
        }
        return count;
    }

    private void read(byte[] json) {
        if (Json.tree(json) instanceof Map<?, ?> document && document.get("Repositories") instanceof Map<?, ?> all) {
            all.forEach((repository, references) -> {
                if (references instanceof Map<?, ?> map) {
                    map.forEach((reference, id) -> put(
                            String.valueOf(repository), String.valueOf(reference), ImageId.parse(String.valueOf(id))));
                }
            });
        } else {
            throw new JsonException("it has no \"Repositories\"");
        }
    }

    private @Nullable ImageId put(String repository, String reference, ImageId id) {
        return byRepository.computeIfAbsent(repository, key -> new TreeMap<>()).put(reference, id);
    }

    /** What a complete reference names; a digest goes before a tag. */
    @Nullable
    ImageId find(Reference reference) {
        Reference key = key(reference);
        SortedMap<String, ImageId> references = byRepository.get(key.familiarRepository());
        return references == null ? null : references.get(key.familiar());
    }

    private static Reference key(Reference reference) {
        return reference.digest() != null
                ? reference.withoutTagAndDigest().withDigest(reference.digest())
                : reference.withDefaultTag();
    }

    /** All references to an image, tags first, sorted. */
    List<Reference> of(ImageId id) {
        Map<ImageId, SortedSet<Reference>> all = byImage;
        if (all == null) {
            all = new HashMap<>();
            for (SortedMap<String, ImageId> references : byRepository.values()) {
                for (Map.Entry<String, ImageId> entry : references.entrySet()) {
                    Reference reference = parsed(entry.getKey());
                    if (reference != null) {
                        add(all, entry.getValue(), reference);
                    }
                }
            }
            byImage = all;
        }
        SortedSet<Reference> found = all.get(id);
        return found == null ? List.of() : List.copyOf(found);
    }

    private static void add(Map<ImageId, SortedSet<Reference>> all, ImageId id, Reference reference) {
        all.computeIfAbsent(id, key -> new TreeSet<>(TAGS_FIRST)).add(reference);
    }

    private void moved(Reference key, @Nullable ImageId from, @Nullable ImageId to) {
        if (byImage != null && from != null) {
            byImage.computeIfPresent(from, (id, held) -> held.remove(key) && held.isEmpty() ? null : held);
        }
        if (byImage != null && to != null) {
            add(byImage, to, key);
        }
    }

    /** All tags of one repository. */
    List<Reference> tagsIn(Reference repository) {
        List<Reference> found = new ArrayList<>();
        SortedMap<String, ImageId> references = byRepository.get(repository.familiarRepository());
        if (references != null) {
            for (String text : references.keySet()) {
                Reference reference = parsed(text);
                if (reference != null && reference.digest() == null) {
                    found.add(reference);
                }
            }
        }
        return found;
    }

    /** Null for an entry that some other engine has written in a grammar of its own: it is kept in the file, not shown. */
    private static @Nullable Reference parsed(String text) {
        try {
            return Reference.parseNormalized(text);
        } catch (InvalidReferenceException e) {
            return null;
        }
    }

    /** Puts a tag or digest reference on an image, whatever had it before; that one is returned. */
    @Nullable
    ImageId put(Reference reference, ImageId id) {
        Reference key = key(reference);
        ImageId before = put(key.familiarRepository(), key.familiar(), id);
        moved(key, before, id);
        unsaved = true;
        return before;
    }

    /** Whether it was there. */
    boolean remove(Reference reference) {
        Reference key = key(reference);
        SortedMap<String, ImageId> references = byRepository.get(key.familiarRepository());
        if (references == null) {
            return false;
        }
        ImageId before = references.remove(key.familiar());
        if (before == null) {
            return false;
        }
        if (references.isEmpty()) {
            byRepository.remove(key.familiarRepository());
        }
        moved(key, before, null);
        unsaved = true;
        return true;
    }

    /** Somebody may make more of it than this engine does. */
    private void setAside() {
        for (int attempt = 0; ; attempt++) {
            Path aside = file.resolveSibling(file.getFileName() + ASIDE + (attempt == 0 ? "" : "." + attempt));
            if (!Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
                try {
                    Files.move(file, aside);
                } catch (IOException e) {
                    throw new Problem.StoreDamaged(file.toString(), "it cannot be moved aside: " + e.getMessage())
                            .exception(e);
                }
                return;
            }
        }
    }

    /** Puts what has been put and removed on disk, and the times of tags that were written before. */
    void save() {
        if (unsaved) {
            write();
        }
    }

    /** Puts all of it on disk. */
    void write() {
        SortedMap<String, SortedMap<String, String>> document = new TreeMap<>();
        byRepository.forEach((repository, references) -> {
            SortedMap<String, String> texts = new TreeMap<>();
            references.forEach((reference, id) -> texts.put(reference, id.toString()));
            document.put(repository, texts);
        });
        if (damaged) {
            setAside();
            damaged = false;
        }
        files.write(file, Json.write(Map.of("Repositories", document)), 0600, Durability.POWER);
        unsaved = false;
    }
}
