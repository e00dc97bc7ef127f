package cairn.engine.image;

import static java.lang.System.Logger.Level.WARNING;

import cairn.engine.error.Problem;
import cairn.engine.store.DataRoot;
import cairn.engine.store.Durability;
import cairn.oci.Descriptor;
import cairn.oci.Digest;
import cairn.oci.ImageId;
import cairn.oci.InvalidDocumentException;
import cairn.oci.Manifest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The manifests under which registries have the images of this store, byte for byte: an image that was pulled can be pushed with the same
 * digest. {@code cairn/manifests/IMAGE/DIGEST}; they go with their image.
 */
public final class KeptManifests {
    private static final System.Logger LOG = System.getLogger(KeptManifests.class.getName());

    private final DataRoot root;

    KeptManifests(DataRoot root) {
        this.root = root;
    }

    /** One manifest as a registry has it. */
    public record Kept(Digest digest, byte[] bytes, Manifest manifest) {}

    /** To be called before the image is recorded: an image of which somebody has been told has its manifest, also after a power cut. */
    public void keep(ImageId image, byte[] manifest) {
        Path directory = directory(image);
        Path file = directory.resolve(Digest.sha256(manifest).hex());
        try {
            if (Files.exists(file)) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
                return;
            }
            if (!Files.exists(directory)) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw new Problem.StoreDamaged(directory.toString(), String.valueOf(e.getMessage())).exception(e);
        }
        root.files().write(file, manifest, 0600, Durability.POWER);
    }

    /** Those of one image, the one that was kept last first. */
    public List<Kept> of(ImageId image) {
        List<Path> files = children(directory(image));
        files.sort(Comparator.comparing(KeptManifests::modified).reversed());
        List<Kept> kept = new ArrayList<>();
        for (Path file : files) {
            Kept read = read(file);
            if (read != null && read.manifest().config().digest().equals(image.digest())) {
                kept.add(read);
            }
        }
        return kept;
    }

    /** What any manifest of this store says of a blob; null where none names it. */
    public @Nullable Descriptor describe(Digest blob) {
        for (Path image : children(root.manifests())) {
            for (Path file : children(image)) {
                Kept kept = read(file);
                if (kept != null) {
                    for (Descriptor layer : kept.manifest().layers()) {
                        if (layer.digest().equals(blob)) {
                            return layer;
                        }
                    }
                }
            }
        }
        return null;
    }

    void forget(ImageId image) {
        if (Files.exists(directory(image))) {
            root.trash().discard(directory(image));
        }
    }

    /** What a kill, or another engine that removed images, has left. */
    void sweep(Predicate<ImageId> known) {
        for (Path directory : children(root.manifests())) {
            ImageId image;
            try {
                image = new ImageId(new Digest("sha256", String.valueOf(directory.getFileName())));
            } catch (IllegalArgumentException e) {
                continue;
            }
            if (!known.test(image)) {
                root.trash().discard(directory);
            }
        }
    }

    private static @Nullable Kept read(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            Digest digest = Digest.sha256(bytes);
            if (digest.hex().equals(String.valueOf(file.getFileName()))) {
                return new Kept(digest, bytes, Manifest.parse(bytes));
            }
            LOG.log(WARNING, "kept manifest {0} has another digest", file);
        } catch (InvalidDocumentException e) {
            LOG.log(WARNING, "kept manifest {0} is broken: {1}", file, e.getMessage());
        } catch (IOException e) {
            // Gone with its image meanwhile.
        }
        return null;
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private static List<Path> children(Path directory) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(children::add);
        } catch (NotDirectoryException | java.nio.file.NoSuchFileException e) {
            // Nothing was kept.
        } catch (IOException e) {
            throw new Problem.StoreDamaged(directory.toString(), String.valueOf(e.getMessage())).exception(e);
        }
        return children;
    }

    private Path directory(ImageId image) {
        return root.manifests().resolve(image.digest().hex());
    }
}
