package cairn.acceptance;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Images made on this machine and put into registries by skopeo, so that nothing of Cairn stands on both sides of a test. */
final class RegistryImages {
    private RegistryImages() {}

    /** The same layer three times over one that differs. */
    static Path repeatingArchive(Path work) {
        try {
            Path directory = Files.createTempDirectory(work, "repeating-");
            Path lower = Files.createDirectories(directory.resolve("lower/etc"));
            Files.writeString(lower.resolve("below"), "below\n");
            Path upper = Files.createDirectories(directory.resolve("upper/etc"));
            Files.writeString(upper.resolve("above"), "above\n");
            Path again = Images.tar(directory.resolve("upper"), directory.resolve("upper.tar"));
            return Images.archive(
                    directory,
                    "repeating:1",
                    "",
                    List.of(
                            Images.tar(directory.resolve("lower"), directory.resolve("lower.tar")),
                            again,
                            again,
                            again));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The static busybox as {@code /bin/sh} with a file {@code /etc/said}; one layer for each of the two. */
    static Path archive(Path work, String said) {
        try {
            Path directory = Files.createTempDirectory(work, "image-");
            Path lower = directory.resolve("lower");
            Files.createDirectories(lower.resolve("bin"));
            Files.copy(Path.of("/bin/busybox"), lower.resolve("bin/busybox"));
            Files.setPosixFilePermissions(
                    lower.resolve("bin/busybox"), java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.createSymbolicLink(lower.resolve("bin/sh"), Path.of("busybox"));
            Files.createSymbolicLink(lower.resolve("bin/cat"), Path.of("busybox"));
            settle(lower);
            Path upper = directory.resolve("upper");
            Files.createDirectories(upper.resolve("etc"));
            Files.writeString(upper.resolve("etc/said"), said + "\n");
            settle(upper);
            return Images.archive(
                    directory,
                    "made:1",
                    "\"Cmd\":[\"cat\",\"/etc/said\"],\"Env\":[\"PATH=/bin\"]",
                    List.of(
                            Images.tar(lower, directory.resolve("lower.tar")),
                            Images.tar(upper, directory.resolve("upper.tar"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The upper of the two layers of {@link #archive}, as it was made. */
    static Path upperTar(Path archive) {
        return archive.resolveSibling("upper.tar");
    }

    /** The same times each time, so that the lower layer is the same in all images. */
    private static void settle(Path tree) {
        Command.run("find", tree.toString(), "-exec", "touch", "-h", "-d", "2026-01-01T00:00:00Z", "{}", "+")
                .ok();
    }

    /** One layer of so many bytes that no compression makes smaller. */
    static Path largeArchive(Path work, int bytes) {
        try {
            Path directory = Files.createTempDirectory(work, "large-");
            Path root = Files.createDirectories(directory.resolve("root"));
            byte[] block = new byte[1 << 16];
            Random random = new Random(bytes);
            try (OutputStream out = Files.newOutputStream(root.resolve("content"))) {
                for (int left = bytes; left > 0; left -= block.length) {
                    random.nextBytes(block);
                    out.write(block, 0, Math.min(left, block.length));
                }
            }
            return Images.archive(directory, "large:1", "", List.of(Images.tar(root, directory.resolve("large.tar"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts an archive's image into a registry as it is, in Docker's form, its layers compressed with gzip. */
    static void push(TestRegistry registry, Path archive, String name) {
        registry.copyIn("docker-archive:" + archive, name);
    }

    /** The digest of the layer with this number, lowest first, in hexadecimal. */
    static String layerDigest(String manifest, int number) {
        int layers = manifest.indexOf("\"layers\"");
        Matcher matcher = Pattern.compile("sha256:([0-9a-f]{64})").matcher(manifest.substring(layers));
        for (int i = 0; i <= number; i++) {
            if (!matcher.find()) {
                throw new AssertionError("no layer " + number + " in " + manifest);
            }
        }
        return matcher.group(1);
    }

    static String configDigest(String manifest) {
        Matcher matcher =
                Pattern.compile("\"config\"[^}]*sha256:([0-9a-f]{64})").matcher(manifest);
        if (!matcher.find()) {
            throw new AssertionError("no config in " + manifest);
        }
        return matcher.group(1);
    }
}
