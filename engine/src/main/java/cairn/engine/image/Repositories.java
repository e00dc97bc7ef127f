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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Docker's reference store, {@code repositories.json}: {@code {"Repositories":{NAME:{REFERENCE:IMAGE_ID}}}} with familiar names. Every change
 * is on disk before its call returns. Not safe for several threads: {@link Images} holds its lock.
 */
final class Repositories {
    private static final Comparator<Reference> TAGS_FIRST = Comparator.<Reference, Boolean>comparing(
                    reference -> reference.digest() != null)
            .thenComparing(Reference::familiar);

    private final Path file;
    private final AtomicFiles files;
    private final SortedMap<String, SortedMap<String, ImageId>> byRepository = new TreeMap<>();

    Repositories(Path file, AtomicFiles files) {
        this.file = file;
        this.files = files;
        try {
            if (Files.exists(file)) {
                read(Files.readAllBytes(file));
            }
        } catch (IOException | JsonException | IllegalArgumentException e) {
            throw new Problem.StoreDamaged(file.toString(), String.valueOf(e.getMessage())).exception(e);
        }
    }

    private void read(byte[] json) {
        if (json.length == 0) {
            return;
        }
        if (Json.tree(json) instanceof Map<?, ?> document && document.get("Repositories") instanceof Map<?, ?> all) {
            all.forEach((repository, references) -> {
                if (references instanceof Map<?, ?> map) {
                    map.forEach((reference, id) -> put(
                            String.valueOf(repository), String.valueOf(reference), ImageId.parse(String.valueOf(id))));
                }
            });
        }
    }

    private void put(String repository, String reference, ImageId id) {
        byRepository.computeIfAbsent(repository, key -> new TreeMap<>()).put(reference, id);
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
        List<Reference> found = new ArrayList<>();
        byRepository
                .values()
                .forEach(references -> references.forEach((text, holder) -> {
                    if (holder.equals(id)) {
                        addParsed(found, text);
                    }
                }));
        found.sort(TAGS_FIRST);
        return found;
    }

    /** By image, for a list of all of them. */
    Map<ImageId, List<Reference>> all() {
        Map<ImageId, List<Reference>> all = new HashMap<>();
        byRepository
                .values()
                .forEach(references -> references.forEach(
                        (text, holder) -> addParsed(all.computeIfAbsent(holder, key -> new ArrayList<>()), text)));
        all.values().forEach(list -> list.sort(TAGS_FIRST));
        return all;
    }

    /** All tags of one repository. */
    List<Reference> tagsIn(Reference repository) {
        List<Reference> found = new ArrayList<>();
        SortedMap<String, ImageId> references = byRepository.get(repository.familiarRepository());
        if (references != null) {
            references.keySet().forEach(text -> addParsed(found, text));
        }
        found.removeIf(reference -> reference.digest() != null);
        return found;
    }

    private static void addParsed(List<Reference> list, String text) {
        try {
            list.add(Reference.parseNormalized(text));
        } catch (InvalidReferenceException e) {
            // An entry that some other engine has written in a grammar of its own: kept in the file, not shown.
        }
    }

    /** Puts a tag or digest reference on an image, whatever had it before; that one is returned. */
    @Nullable
    ImageId put(Reference reference, ImageId id) {
        Reference key = key(reference);
        ImageId before = find(key);
        if (!id.equals(before)) {
            put(key.familiarRepository(), key.familiar(), id);
            write();
        }
        return before;
    }

    /** Whether it was there. */
    boolean remove(Reference reference) {
        Reference key = key(reference);
        SortedMap<String, ImageId> references = byRepository.get(key.familiarRepository());
        if (references == null || references.remove(key.familiar()) == null) {
            return false;
        }
        if (references.isEmpty()) {
            byRepository.remove(key.familiarRepository());
        }
        write();
        return true;
    }

    /** Puts all of it on disk. */
    void write() {
        SortedMap<String, SortedMap<String, String>> document = new TreeMap<>();
        byRepository.forEach((repository, references) -> {
            SortedMap<String, String> texts = new TreeMap<>();
            references.forEach((reference, id) -> texts.put(reference, id.toString()));
            document.put(repository, texts);
        });
        files.write(file, Json.write(Map.of("Repositories", document)), 0600, Durability.POWER);
    }
}
