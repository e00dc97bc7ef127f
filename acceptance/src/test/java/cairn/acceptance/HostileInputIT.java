package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import cairn.hostile.HostileImage;
import cairn.hostile.HostileImages;
import cairn.hostile.HostileLayer;
import cairn.hostile.HostileLayer.Verdict;
import cairn.hostile.HostileLayers;
import cairn.hostile.ImageParts;
import cairn.hostile.LyingRegistry;
import cairn.hostile.LyingReplies;
import cairn.hostile.RawTar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A sample of each family of hostile input through the real daemon; what it is made of is tested in all its members in module engine. */
final class HostileInputIT {
    /** Of each family. */
    private static final int SAMPLE = 5;

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;
    private static Path canary;
    private LeakLedger before;
    private String untouched;

    @BeforeAll
    static void start() throws IOException {
        TestDaemon.onlyCairn("other engines confine what this one refuses");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        work = TestDaemon.newDirectory();
        canary = Files.createDirectories(work.resolve("canary"));
        Files.writeString(canary.resolve("file"), "sings");
        Files.createDirectory(canary.resolve("inner"));
        // The bridge and the first container's traces are there from now on.
        Images.importBusybox(daemon, "busybox");
        docker.ok("run", "--rm", "busybox", "true");
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            daemon.close();
            TestDaemon.deleteTree(work);
        }
    }

    @BeforeEach
    void look() {
        before = LeakLedger.of(daemon);
        untouched = picture();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(picture()).isEqualTo(untouched);
        assertThat(daemon.api().get("/_ping").text()).isEqualTo("OK");
        before.awaitSame(daemon);
    }

    private static String picture() {
        return Command.run("find", canary.toString(), "-printf", "%p %y %m %U %G %s %n %T@ %C@\n")
                .ok()
                .out();
    }

    private static List<HostileLayer> sample() {
        Map<String, List<HostileLayer>> families = new LinkedHashMap<>();
        HostileLayers.all(canary.toString())
                .forEach(layer -> families.computeIfAbsent(layer.family(), name -> new ArrayList<>())
                        .add(layer));
        List<HostileLayer> sample = new ArrayList<>();
        for (List<HostileLayer> family : families.values()) {
            for (int i = 0; i < SAMPLE; i++) {
                sample.add(family.get(i * family.size() / SAMPLE + family.size() / SAMPLE / 2));
            }
        }
        return sample;
    }

    private static Path file(InputStream in) throws IOException {
        try (in) {
            Path file = work.resolve("hostile.tar");
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        }
    }

    /** An archive of an image of these layers. */
    private static Path image(String name, byte[]... layers) throws IOException {
        String config = ImageParts.config(layers);
        RawTar tar = new RawTar().file("config.json", config);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            tar.file("layer" + i, layers[i]);
            names.add("\"layer" + i + "\"");
        }
        tar.file(
                "manifest.json",
                "[{\"Config\":\"config.json\",\"RepoTags\":[\"%s\"],\"Layers\":[%s]}]"
                        .formatted(name, String.join(",", names)));
        return Files.write(work.resolve("image.tar"), tar.end());
    }

    @Test
    void layersAreRefusedByNameOrConfined() throws IOException {
        int refused = 0;
        int confined = 0;
        for (HostileLayer layer : sample()) {
            byte[] archive = layer.source().open().readAllBytes();
            Result imported = docker.run("import", file(layer.source().open()).toString(), "hostile:import");
            Result loaded =
                    docker.run("load", "-i", image("hostile:load", archive).toString());
            if (layer.verdict() == Verdict.REFUSED) {
                refused++;
                isRefused(layer, imported);
                isRefused(layer, loaded);
            } else {
                confined++;
                assertThat(imported.exit())
                        .as("import of %s: %s", layer, imported)
                        .isZero();
                assertThat(loaded.exit()).as("load of %s: %s", layer, loaded).isZero();
                docker.ok("rmi", "hostile:import", "hostile:load");
            }
        }
        System.out.println(
                "FIGURE hostile layers through the daemon = " + refused + " refused, " + confined + " confined");
    }

    private static void isRefused(HostileLayer layer, Result result) {
        assertThat(result.exit()).as("%s: %s", layer, result).isEqualTo(1);
        String entry = layer.entry() == null ? "" : layer.entry();
        assertThat(result.err()).as("%s", layer).contains(entry.substring(0, Math.min(100, entry.length())));
        assertThat(result.err()).as("%s", layer).doesNotContain("EOF");
    }

    @Test
    void imageArchivesAreRefused() throws IOException {
        List<HostileImage> all = HostileImages.all().stream()
                .filter(HostileImage::isRefused)
                .filter(archive -> !archive.says().contains("No space left"))
                .toList();
        int refused = 0;
        for (int i = 3; i < all.size(); i += 7) {
            HostileImage archive = all.get(i);
            if (archive.name().contains("without end") || archive.name().contains("GiB of zeros")) {
                continue;
            }
            refused++;
            Result loaded =
                    docker.run("load", "-i", file(archive.source().open()).toString());
            assertThat(loaded.exit()).as("%s: %s", archive, loaded).isEqualTo(1);
            assertThat(loaded.err()).as("%s", archive).contains(archive.says());
        }
        System.out.println("FIGURE hostile image archives through the daemon = " + refused + " refused");
        docker.run("image", "prune", "-f");
    }

    /** One image at a registry on loopback, in one repository. */
    private static void serve(LyingRegistry registry, String repository, String manifest, byte[]... blobs) {
        String root = "/v2/" + repository;
        byte[] document = ImageParts.bytes(manifest);
        LyingRegistry.Reply reply = LyingRegistry.reply("200 OK", document, "Content-Type: " + ImageParts.OCI_MANIFEST);
        registry.answer("/v2/", LyingRegistry.reply("200 OK", new byte[0]));
        registry.answer(root + "/manifests/latest", reply);
        registry.answer(root + "/manifests/sha256:" + ImageParts.sha256(document), reply);
        for (byte[] blob : blobs) {
            registry.answer(root + "/blobs/sha256:" + ImageParts.sha256(blob), LyingRegistry.reply("200 OK", blob));
        }
    }

    private static String manifest(byte[] config, byte[] layer) {
        return ImageParts.manifest(
                ImageParts.descriptor(ImageParts.OCI_CONFIG, config),
                ImageParts.descriptor(ImageParts.OCI_LAYER, layer));
    }

    @Test
    void pullsOfHostileLayersAreRefusedByNameOrConfined() throws IOException {
        int refused = 0;
        int confined = 0;
        try (LyingRegistry registry = new LyingRegistry()) {
            for (HostileLayer layer : sample()) {
                byte[] archive = layer.source().open().readAllBytes();
                byte[] config = ImageParts.bytes(ImageParts.config(archive));
                serve(registry, "hostile/layer", manifest(config, archive), config, archive);
                String name = registry.host() + "/hostile/layer:latest";
                Result pulled = docker.run("pull", name);
                if (layer.verdict() == Verdict.REFUSED) {
                    refused++;
                    isRefused(layer, pulled);
                } else {
                    confined++;
                    assertThat(pulled.exit())
                            .as("pull of %s: %s", layer, pulled)
                            .isZero();
                    docker.ok("rmi", name);
                }
                registry.clear();
            }
        }
        System.out.println("FIGURE hostile layers pulled = " + refused + " refused, " + confined + " confined");
    }

    @Test
    void pullsFromARegistryThatLiesAreRefused() throws IOException {
        byte[] layer = new RawTar().file("honest", "x".repeat(2000)).end();
        byte[] config = ImageParts.bytes(ImageParts.config(layer));
        int refused = 0;
        try (LyingRegistry registry = new LyingRegistry();
                LyingRegistry elsewhere = new LyingRegistry()) {
            String name = registry.host() + "/hostile/lies:latest";
            String root = "/v2/hostile/lies";
            String layerPath = root + "/blobs/sha256:" + ImageParts.sha256(layer);
            String configPath = root + "/blobs/sha256:" + ImageParts.sha256(config);
            List<Runnable> lies = new ArrayList<>();
            for (int at : new int[] {0, 1, 156, 511, 512, 1000, layer.length - 1}) {
                byte[] flipped = layer.clone();
                flipped[at] ^= 1;
                lies.add(() -> registry.answer(layerPath, LyingRegistry.reply("200 OK", flipped)));
            }
            for (int at : new int[] {0, 10, config.length - 1}) {
                byte[] flipped = config.clone();
                flipped[at] ^= 1;
                lies.add(() -> registry.answer(configPath, LyingRegistry.reply("200 OK", flipped)));
            }
            for (int more : new int[] {-1, 1, 512}) {
                byte[] other = Arrays.copyOf(layer, layer.length + more);
                lies.add(() -> registry.answer(layerPath, LyingRegistry.reply("200 OK", other)));
            }
            lies.add(() -> registry.answer(layerPath, LyingRegistry.reply("404 Not Found", new byte[0])));
            lies.add(() -> registry.answer(configPath, LyingRegistry.reply("404 Not Found", new byte[0])));
            lies.add(() -> registry.answer(
                    layerPath,
                    LyingRegistry.raw("HTTP/1.1 307 x\r\nConnection: close\r\nContent-Length: 0\r\n"
                            + "Location: http://169.254.169.254/latest\r\n\r\n")));
            // Right in itself, and not the layer that the config names.
            byte[] wrong = ImageParts.bytes(ImageParts.config(new byte[512]));
            lies.add(() -> serve(registry, "hostile/lies", manifest(wrong, layer), wrong, layer));
            lies.add(() -> serve(
                    registry,
                    "hostile/lies",
                    ImageParts.manifest(
                            ImageParts.descriptor(ImageParts.OCI_CONFIG, config),
                            ImageParts.descriptor(ImageParts.OCI_LAYER, layer),
                            ImageParts.descriptor(ImageParts.OCI_LAYER, layer)),
                    config,
                    layer));
            lies.add(() -> serve(
                    registry,
                    "hostile/lies",
                    ImageParts.manifest(ImageParts.descriptor(ImageParts.OCI_CONFIG, config)),
                    config,
                    layer));
            lies.add(() -> serve(
                    registry,
                    "hostile/lies",
                    ImageParts.manifest(
                            ImageParts.descriptor(
                                    ImageParts.OCI_CONFIG, "sha256:" + ImageParts.sha256(config), 1L << 30, ""),
                            ImageParts.descriptor(ImageParts.OCI_LAYER, layer)),
                    config,
                    layer));
            lies.add(() -> serve(
                    registry,
                    "hostile/lies",
                    ImageParts.manifest(
                            ImageParts.descriptor(ImageParts.OCI_CONFIG, config),
                            ImageParts.descriptor(
                                    ImageParts.OCI_LAYER, "sha256:" + ImageParts.sha256(layer), Long.MAX_VALUE, "")),
                    config,
                    layer));
            byte[] foreign = new RawTar().file("foreign", "x").end();
            byte[] foreignConfig = ImageParts.bytes(ImageParts.config(foreign));
            lies.add(() -> serve(
                    registry,
                    "hostile/lies",
                    ImageParts.manifest(
                            ImageParts.descriptor(ImageParts.OCI_CONFIG, foreignConfig),
                            ImageParts.descriptor(
                                    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                                    "sha256:" + ImageParts.sha256(foreign),
                                    foreign.length,
                                    ",\"urls\":[\"http://" + elsewhere.host() + "/foreign\"]")),
                    foreignConfig));
            for (LyingReplies.Lie lie : LyingReplies.manifests()) {
                if (lie.name().startsWith("document")) {
                    lies.add(() -> registry.answer(root + "/manifests/latest", lie.reply()));
                }
            }
            for (int i = 0; i < lies.size(); i++) {
                registry.clear();
                serve(registry, "hostile/lies", manifest(config, layer), config, layer);
                lies.get(i).run();
                Result pulled = docker.run("pull", name);
                assertThat(pulled.exit()).as("lie %d: %s", i, pulled).isNotZero();
                assertThat(pulled.err()).as("lie %d", i).isNotBlank().doesNotContain("EOF");
                refused++;
            }
            assertThat(elsewhere.asked())
                    .as("what came to the url in a descriptor")
                    .isEmpty();
        }
        assertThat(docker.ok("images", "-aq", "--filter", "reference=*/hostile/lies"))
                .isEmpty();
        System.out.println("FIGURE pulls from a lying registry = " + refused + " refused");
    }

    /** What lies below does not count for the layer above: each is unpacked alone. */
    @Test
    void layersDoNotReachThroughThoseBelow() throws IOException {
        RawTar lower = busybox()
                .symlink("link", canary.toString())
                .symlink("etc", canary.toString())
                .symlink("up", "../".repeat(20) + canary.toString().substring(1));
        for (RawTar upper : List.of(
                new RawTar().file("link/file", "evil"),
                new RawTar().directory("link/inner").file("link/inner/evil", "x"),
                new RawTar().file("link/.wh.file", ""),
                new RawTar().file("link/.wh..wh..opq", ""),
                new RawTar().file("etc/passwd", "evil").file("etc/file", "evil"),
                new RawTar().file("up/file", "evil"),
                new RawTar().symlink("link", "/"),
                new RawTar().file(".wh.link", "").file(".wh.etc", ""))) {
            docker.ok(
                    "load", "-i", image("hostile:two", lower.end(), upper.end()).toString());
            Result run = docker.run(
                    "run",
                    "--rm",
                    "--network",
                    "none",
                    "hostile:two",
                    "/busybox",
                    "sh",
                    "-c",
                    "echo evil > /link/file; echo evil > /etc/file; /busybox rm -rf /link/ /etc/; /busybox echo done");
            assertThat(run.out()).as("%s", run).contains("done");
            docker.ok("rmi", "hostile:two");
            assertThat(picture()).isEqualTo(untouched);
        }
        docker.run(
                        "load",
                        "-i",
                        image(
                                        "hostile:two",
                                        lower.end(),
                                        new RawTar().hardLink("a", "link/file").end())
                                .toString())
                .fails(1);
        docker.run(
                        "load",
                        "-i",
                        image(
                                        "hostile:two",
                                        lower.end(),
                                        new RawTar().hardLink("a", "busybox").end())
                                .toString())
                .fails(1);
    }

    @Test
    void mountPointsThatAreLinksDoNotLeadOut() throws IOException {
        for (String place : List.of(
                "etc",
                "dev",
                "proc",
                "sys",
                "dev/pts",
                "dev/shm",
                "dev/console",
                ".dockerenv",
                "etc/hosts",
                "etc/hostname",
                "etc/resolv.conf",
                "etc/mtab")) {
            for (String target : List.of(canary.toString(), canary + "/file", "/proc/self/root" + canary, "nowhere")) {
                docker.ok(
                        "load",
                        "-i",
                        image("hostile:init", busybox().symlink(place, target).end())
                                .toString());
                Result run = docker.run(
                        "run",
                        "--rm",
                        "hostile:init",
                        "/busybox",
                        "sh",
                        "-c",
                        "for f in /etc/hosts /etc/hostname /etc/resolv.conf /dev/console; do echo evil > $f; done; /busybox echo done");
                assertThat(run.out().contains("done") || run.exit() >= 125)
                        .as("%s: %s", place, run)
                        .isTrue();
                docker.ok("rmi", "hostile:init");
            }
        }
    }

    private static RawTar busybox() throws IOException {
        return new RawTar().executable("busybox", Files.readAllBytes(Path.of("/bin/busybox")));
    }
}
