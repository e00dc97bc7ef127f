package cairn.acceptance;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Images made from what the machine has, so that no test needs a registry. */
final class Images {
    /** How scripts end that cannot do their work on this machine. */
    private static final int CANNOT = 77;

    private static final Duration DOWNLOAD = Duration.ofMinutes(5);

    private Images() {}

    /** A root file system of the static busybox with a link for each of its programs; for {@code docker import}. */
    static Path busyboxRoot(Path directory) {
        try {
            Path root = Files.createDirectories(directory.resolve("busybox-root"));
            for (String folder : List.of("bin", "etc", "root", "tmp", "var", "home/user")) {
                Files.createDirectories(root.resolve(folder));
            }
            Files.setPosixFilePermissions(root.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
            Files.setPosixFilePermissions(root.resolve("bin/busybox"), PosixFilePermissions.fromString("rwxr-xr-x"));
            for (String applet : Command.run("/bin/busybox", "--list").ok().lines()) {
                if (!applet.equals("busybox")) {
                    Files.createSymbolicLink(root.resolve("bin/" + applet), Path.of("busybox"));
                }
            }
            Files.writeString(
                    root.resolve("etc/passwd"),
                    "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n");
            Files.writeString(root.resolve("etc/group"), "root:x:0:\nuser:x:1000:\nextra:x:2000:user\n");
            Files.writeString(root.resolve("etc/plain"), "not a program\n");
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The busybox root as one tar. */
    static Path busyboxTar(Path directory) {
        Path root = busyboxRoot(directory);
        return tar(root, directory.resolve("busybox.tar"));
    }

    /** Imports busybox under this name. @param changes instructions such as {@code LABEL a=b} */
    static void importBusybox(TestDaemon daemon, String name, String... changes) {
        Path work = TestDaemon.newDirectory();
        try {
            String[] all = Stream.concat(Stream.of("CMD [\"sh\"]", "ENV PATH=/bin:/usr/bin"), Stream.of(changes))
                    .toArray(String[]::new);
            importTree(daemon.docker(), busyboxRoot(work), name, all);
        } finally {
            TestDaemon.deleteTree(work);
        }
    }

    /** Imports a server out of Debian's packages under its name; the reason where that cannot be made, else empty. */
    static String importDebian(TestDaemon daemon, String name) {
        List<String> make =
                List.of(TestDaemon.tree().resolve("acceptance/debian-image").toString(), name);
        try (Command command = Command.start(Map.of(), make)) {
            Result made = command.await(DOWNLOAD);
            if (made.exit() == CANNOT) {
                return made.text();
            }
            daemon.docker().ok("import", made.ok().text(), name);
            return "";
        }
    }

    static Path tar(Path root, Path tar) {
        Command.run(
                        "tar",
                        "--create",
                        "--numeric-owner",
                        "--owner=0",
                        "--group=0",
                        "--sort=name",
                        "--file",
                        tar.toString(),
                        "--directory",
                        root.toString(),
                        ".")
                .ok();
        return tar;
    }

    /**
     * An archive as `docker save` writes it, for {@code docker load}.
     *
     * @param layers uncompressed layer tars, lowest first
     * @param config further members of the image's "config" object, for example {@code "Cmd":["sh"]}
     */
    static Path archive(Path directory, String name, String config, List<Path> layers) {
        try {
            Path work = Files.createDirectories(directory.resolve("archive"));
            for (int i = 0; i < layers.size(); i++) {
                Files.copy(layers.get(i), work.resolve("layer" + i + ".tar"));
            }
            String diffIds = layers.stream()
                    .map(layer -> "\"sha256:" + sha256(layer) + "\"")
                    .collect(Collectors.joining(","));
            String history = IntStream.range(0, layers.size())
                    .mapToObj(i -> "{\"created\":\"2026-01-01T00:00:00Z\",\"created_by\":\"layer " + i + "\"}")
                    .collect(Collectors.joining(","));
            Path json = work.resolve("config.json");
            Files.writeString(json, """
                    {"architecture":"amd64","os":"linux","created":"2026-01-01T00:00:00Z","config":{%s},\
                    "rootfs":{"type":"layers","diff_ids":[%s]},"history":[%s]}""".formatted(config, diffIds, history));
            String id = sha256(json);
            Files.move(json, work.resolve(id + ".json"));
            String names = IntStream.range(0, layers.size())
                    .mapToObj(i -> "\"layer" + i + ".tar\"")
                    .collect(Collectors.joining(","));
            Files.writeString(
                    work.resolve("manifest.json"),
                    "[{\"Config\":\"%s.json\",\"RepoTags\":[\"%s\"],\"Layers\":[%s]}]".formatted(id, name, names));
            Path archive = directory.resolve("archive.tar");
            Command.run("tar", "-cf", archive.toString(), "-C", work.toString(), ".")
                    .ok();
            return archive;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String sha256(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** An image that holds nothing but the static probe, as /probe. */
    static void importProbe(TestDaemon daemon, String name) {
        Path work = TestDaemon.newDirectory();
        try {
            Path root = Files.createDirectories(work.resolve("root"));
            compile("probe", root);
            importTree(daemon.docker(), root, name, "CMD [\"/probe\"]");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            TestDaemon.deleteTree(work);
        }
    }

    /** Imports a directory under a name. @param changes instructions such as {@code ENV PATH=/bin} */
    static void importTree(DockerCli docker, Path root, String name, String... changes) {
        Path work = TestDaemon.newDirectory();
        try {
            List<String> words = new ArrayList<>(List.of("import"));
            for (String change : changes) {
                words.addAll(List.of("--change", change));
            }
            words.addAll(List.of(tar(root, work.resolve("image.tar")).toString(), name));
            docker.ok(words.toArray(String[]::new));
        } finally {
            TestDaemon.deleteTree(work);
        }
    }

    /** Compiles a program of {@code src/test/c} into a directory, static. */
    static void compile(String name, Path directory) {
        Path source = TestDaemon.tree().resolve("acceptance/src/test/c/" + name + ".c");
        Command.run(
                        "musl-gcc",
                        "-static",
                        "-O1",
                        "-Wall",
                        "-Werror",
                        "-idirafter",
                        "/usr/include",
                        "-idirafter",
                        "/usr/include/x86_64-linux-gnu",
                        "-o",
                        directory.resolve(name).toString(),
                        source.toString())
                .ok();
    }
}
