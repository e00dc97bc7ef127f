package cairn.engine.image;

import cairn.engine.error.Problem;
import cairn.engine.store.DataRoot;
import cairn.engine.store.Durability;
import cairn.oci.InvalidReferenceException;
import cairn.oci.Reference;
import cairn.wire.Json;
import cairn.wire.JsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Images that {@link ImageGc} leaves alone: those with the label {@code cairn.pin=true}, and those under a name or ID that is noted here. A
 * name stands for whatever image has it. Safe for several threads; a change is on disk when its call returns.
 */
public final class Pins {
    private static final String LABEL = "cairn.pin";

    private final Images images;
    private final Path file;
    private final DataRoot root;
    private final SortedSet<String> pinned = new TreeSet<>();

    public Pins(DataRoot root, Images images) {
        this.root = root;
        this.images = images;
        this.file = root.pins();
        try {
            if (Files.exists(file) && Json.tree(Files.readAllBytes(file)) instanceof List<?> list) {
                list.forEach(name -> pinned.add(String.valueOf(name)));
            }
        } catch (IOException | JsonException e) {
            throw new Problem.StoreDamaged(file.toString(), String.valueOf(e.getMessage())).exception(e);
        }
    }

    /**
     * By the name given, or by ID when an ID or its first digits were given.
     *
     * @return what was noted
     */
    public synchronized String pin(String text) {
        String name = name(images.get(text), text);
        if (pinned.add(name)) {
            write();
        }
        return name;
    }

    /** @throws cairn.engine.error.EngineException Conflict when it is not pinned, or pinned by its label */
    public synchronized String unpin(String text) {
        Image image = images.find(text);
        String name = image == null ? text : name(image, text);
        if (!pinned.remove(name)) {
            String why = image == null ? "" : reason(image);
            throw new Problem.Conflict(text + (why.isEmpty() ? " is not pinned" : " is " + why)).exception();
        }
        write();
        return name;
    }

    private static String name(Image image, String text) {
        try {
            Reference asked = Reference.parseNormalized(text);
            Reference key = asked.digest() == null
                    ? asked.withDefaultTag()
                    : asked.withoutTagAndDigest().withDigest(asked.digest());
            if (image.references().contains(key)) {
                return key.familiar();
            }
        } catch (InvalidReferenceException e) {
            // A whole ID, which cannot be a name.
        }
        return image.id().toString();
    }

    /** Why the image is to be kept; empty if it is not pinned. */
    public synchronized String reason(Image image) {
        Map<String, String> labels = image.config().config().labels();
        if (labels != null && "true".equals(labels.get(LABEL))) {
            return "pinned by its label " + LABEL;
        }
        if (pinned.contains(image.id().toString())) {
            return "pinned by its ID";
        }
        for (Reference reference : image.references()) {
            if (pinned.contains(reference.familiar())) {
                return "pinned as " + reference.familiar();
            }
        }
        return "";
    }

    private void write() {
        root.files().write(file, Json.write(List.copyOf(pinned)), 0600, Durability.POWER);
    }
}
