package cairn.engine.image;

import static java.lang.System.Logger.Level.WARNING;

import cairn.engine.error.Problem;
import cairn.engine.store.DataRoot;
import cairn.engine.store.Durability;
import cairn.oci.Digest;
import cairn.oci.ImageConfig;
import cairn.oci.ImageId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Docker's image database: one file per config, named by its digest, and beside it parent and time of the last tag. */
final class ImageRecords {
    private static final System.Logger LOG = System.getLogger(ImageRecords.class.getName());

    private final DataRoot root;

    ImageRecords(DataRoot root) {
        this.root = root;
    }

    /** One image on disk. */
    record Stored(
            ImageConfig config,
            @Nullable ImageId parent,
            @Nullable Instant lastTagTime) {}

    /** All images whose config is what its name says; others are logged and left alone. */
    List<Stored> load() {
        List<Stored> stored = new ArrayList<>();
        try (Stream<Path> files = Files.list(root.imageContents())) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                try {
                    stored.add(load(file));
                } catch (IOException | IllegalArgumentException e) {
                    LOG.log(WARNING, "image record {0} is broken: {1}", file, e.getMessage());
                }
            }
        } catch (IOException e) {
            throw damaged(root.imageContents(), e);
        }
        return stored;
    }

    private Stored load(Path file) throws IOException {
        ImageId id = new ImageId(new Digest("sha256", file.getFileName().toString()));
        ImageConfig config = ImageConfig.parse(Files.readAllBytes(file));
        if (!config.id().equals(id)) {
            throw new IOException("its content has digest " + config.id());
        }
        return new Stored(config, parent(id), lastUpdated(id));
    }

    /** What stands beside a config is worth less than the image: where it is damaged the image has none. */
    private @Nullable ImageId parent(ImageId id) throws IOException {
        String text = readOptional(metadata(id).resolve("parent"));
        try {
            return text == null ? null : ImageId.parse(text);
        } catch (IllegalArgumentException e) {
            LOG.log(WARNING, "parent of image {0} is not readable", id);
            return null;
        }
    }

    private @Nullable Instant lastUpdated(ImageId id) throws IOException {
        String text = readOptional(metadata(id).resolve("lastUpdated"));
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            LOG.log(WARNING, "time of the last tag of image {0} is not readable", id);
            return null;
        }
    }

    /** Removes what stands beside configs that do not exist: a kill between the two leaves it. */
    void sweep() {
        try (Stream<Path> directories = Files.list(root.imageMetadata())) {
            for (Path directory : directories.toList()) {
                if (!Files.exists(root.imageContents().resolve(directory.getFileName()))) {
                    root.trash().discard(directory);
                }
            }
        } catch (IOException e) {
            throw damaged(root.imageMetadata(), e);
        }
    }

    /** Durable when it returns, the config last: an image without one does not exist. */
    void add(ImageConfig config, @Nullable ImageId parent) {
        if (parent != null) {
            writeMetadata(config.id(), "parent", parent.toString(), Durability.POWER);
        }
        root.files().write(content(config.id()), config.bytes(), 0600, Durability.POWER);
    }

    /** As durable as the names, which are to be synced after it. */
    void writeLastTagTime(ImageId id, Instant time) {
        writeMetadata(id, "lastUpdated", time.toString(), Durability.ORDERED);
    }

    /** A child whose parent has been removed. */
    void forgetParent(ImageId id) {
        try {
            Files.deleteIfExists(metadata(id).resolve("parent"));
        } catch (IOException e) {
            throw damaged(metadata(id), e);
        }
    }

    /** Forgets a parent whose config does not exist. */
    void forgetRemoved(ImageId id, ImageId parent) {
        if (!Files.exists(content(parent))) {
            forgetParent(id);
        }
    }

    void remove(ImageId id) {
        root.trash().discard(content(id));
        root.trash().discard(metadata(id));
    }

    private void writeMetadata(ImageId id, String name, String value, Durability durability) {
        Path directory = metadata(id);
        try {
            if (!Files.exists(directory)) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw damaged(directory, e);
        }
        root.files().write(directory.resolve(name), value.getBytes(StandardCharsets.US_ASCII), 0600, durability);
    }

    private Path content(ImageId id) {
        return root.imageContents().resolve(id.digest().hex());
    }

    private Path metadata(ImageId id) {
        return root.imageMetadata().resolve(id.digest().hex());
    }

    private static @Nullable String readOptional(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file).strip() : null;
    }

    private static RuntimeException damaged(Path path, IOException e) {
        return new Problem.StoreDamaged(path.toString(), String.valueOf(e.getMessage())).exception(e);
    }
}
