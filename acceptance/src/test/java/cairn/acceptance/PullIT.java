package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import cairn.wire.Json;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pulling, with the stock CLI, from Debian's registry, into which skopeo has put what is pulled. */
final class PullIT {
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static TestRegistry registry;
    private static Path work;
    private static Path hello;
    private static LeakLedger before;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        registry = TestRegistry.plain();
        work = TestDaemon.newDirectory();
        hello = RegistryImages.archive(work, "hello");
        daemon.awaitWarm();
        before = LeakLedger.of(daemon);
    }

    @AfterAll
    static void end() {
        try {
            // Connections to registries are kept for a while: a daemon that has just begun has none.
            daemon.restart();
            daemon.awaitWarm();
            before.awaitSame(daemon);
        } finally {
            daemon.close();
        }
        if (registry != null) {
            registry.close();
        }
        TestDaemon.deleteTree(work);
    }

    @AfterEach
    void removeImages() {
        for (String id : docker.run("images", "-aq").lines()) {
            docker.run("rmi", "-f", id);
        }
    }

    private static String run(String image) {
        return docker.ok("run", "--rm", "--network", "none", image);
    }

    @Test
    void aTagIsPulledOnceAndThenUpToDate() {
        RegistryImages.push(registry, hello, "hello:1");
        String image = registry.image("hello:1");
        Result first = docker.run("pull", image).ok();
        String digest = docker.inspect(image, "{{index .RepoDigests 0}}").replaceFirst(".*@", "");
        assertThat(first.lines())
                .startsWith("1: Pulling from hello")
                .endsWith("Digest: " + digest, "Status: Downloaded newer image for " + image, image);
        assertThat(first.out())
                .containsPattern("[0-9a-f]{12}: Pulling fs layer\n")
                .containsPattern("[0-9a-f]{12}: Verifying Checksum\n")
                .containsPattern("[0-9a-f]{12}: Download complete\n")
                .containsPattern("[0-9a-f]{12}: Pull complete\n");
        assertThat(run(image)).isEqualTo("hello");
        assertThat(docker.run("pull", image).ok().lines())
                .containsExactly(
                        "1: Pulling from hello",
                        "Digest: " + digest,
                        "Status: Image is up to date for " + image,
                        image);
        assertThat(docker.ok("pull", "-q", image)).isEqualTo(image);
        assertThat(docker.ok("images", "--digests", "--format", "{{.Repository}} {{.Tag}} {{.Digest}}"))
                .isEqualTo(registry.image("hello") + " 1 " + digest);
        assertThat(docker.inspect(image, "{{.Id}}"))
                .isEqualTo("sha256:" + RegistryImages.configDigest(TestRegistry.text(registry.manifest("hello", "1"))));
    }

    /** Files are made while the download goes on; what is left of that at its end is told of as Docker tells it. */
    @Test
    void theStreamIsDockersWordForWord() throws IOException {
        registry.copyIn("docker-archive:" + RegistryImages.largeArchive(work, 20_000_000), "stream:1");
        String[] lines = daemon.api()
                .request(
                        "POST",
                        "/v1.51/images/create?fromImage=" + registry.image("stream") + "&tag=1",
                        Map.of(),
                        new byte[0])
                .text()
                .split("\r\n");
        List<String> doing = new ArrayList<>();
        List<Long> extracted = new ArrayList<>();
        long total = 0;
        for (String line : lines) {
            Map<?, ?> message = (Map<?, ?>) Json.tree(line.getBytes(StandardCharsets.UTF_8));
            String status = String.valueOf(message.get("status"));
            if (doing.isEmpty() || !doing.getLast().equals(status)) {
                doing.add(status);
            }
            if (status.equals("Extracting")) {
                Map<?, ?> detail = (Map<?, ?>) message.get("progressDetail");
                extracted.add(((Number) detail.get("current")).longValue());
                total = ((Number) detail.get("total")).longValue();
                assertThat(String.valueOf(message.get("progress"))).matches("\\[=+> *] +[0-9.]+MB/[0-9.]+MB");
            }
        }
        assertThat(doing.subList(0, doing.size() - 2))
                .containsExactly(
                        "Pulling from stream",
                        "Pulling fs layer",
                        "Downloading",
                        "Verifying Checksum",
                        "Download complete",
                        "Extracting",
                        "Pull complete");
        assertThat(extracted)
                .hasSizeGreaterThan(1)
                .isSorted()
                .doesNotHaveDuplicates()
                .endsWith(total);
    }

    @Test
    void layersThatAreThereAreNotFetchedAgain() {
        // Other tests' images may lie on the same layer.
        docker.ok("image", "prune", "-af");
        RegistryImages.push(registry, RegistryImages.archive(work, "one"), "shared:1");
        RegistryImages.push(registry, RegistryImages.archive(work, "two"), "shared:2");
        String base = RegistryImages.layerDigest(TestRegistry.text(registry.manifest("shared", "1")), 0);
        assertThat(RegistryImages.layerDigest(TestRegistry.text(registry.manifest("shared", "2")), 0))
                .isEqualTo(base);
        docker.ok("pull", registry.image("shared:1"));
        assertThat(docker.ok("pull", registry.image("shared:2"))).contains(base.substring(0, 12) + ": Already exists");
        assertThat(run(registry.image("shared:2"))).isEqualTo("two");
        registry.awaitRequests(1, "GET", "/v2/shared/blobs/sha256:" + base);
    }

    @Test
    void aTagThatMovedLeavesTheOldImageDangling() {
        RegistryImages.push(registry, RegistryImages.archive(work, "old"), "moving:1");
        String image = registry.image("moving:1");
        docker.ok("pull", image);
        String old = docker.inspect(image, "{{.Id}}");
        RegistryImages.push(registry, RegistryImages.archive(work, "new"), "moving:1");
        assertThat(docker.ok("pull", image)).contains("Status: Downloaded newer image for " + image);
        assertThat(run(image)).isEqualTo("new");
        assertThat(docker.inspect(old, "{{json .RepoTags}}")).isEqualTo("[]");
        assertThat(docker.ok("images", "-q", "--no-trunc", "--filter", "dangling=true"))
                .isEqualTo(old);
    }

    @Test
    void allTagsAndDigestsCanBeAskedFor() {
        RegistryImages.push(registry, RegistryImages.archive(work, "a"), "all:a");
        RegistryImages.push(registry, RegistryImages.archive(work, "b"), "all:b");
        String name = registry.image("all");
        assertThat(docker.ok("pull", "-a", name))
                .contains("a: Pulling from all", "b: Pulling from all")
                .contains("Status: Downloaded newer image for " + name);
        assertThat(run(name + ":a") + run(name + ":b")).isEqualTo("ab");
        String byDigest = docker.inspect(name + ":a", "{{index .RepoDigests 0}}");
        docker.ok("rmi", name + ":a", name + ":b");
        assertThat(docker.ok("pull", byDigest)).contains("Status: Downloaded newer image for " + byDigest);
        assertThat(docker.inspect(byDigest, "{{json .RepoTags}} {{json .RepoDigests}}"))
                .isEqualTo("[] [\"" + byDigest + "\"]");
        assertThat(run(byDigest)).isEqualTo("a");
    }

    @Test
    void whatIsNotThereIsSaidInDockersWords() {
        RegistryImages.push(registry, hello, "hello:1");
        String image = registry.image("hello:nosuch");
        assertThat(docker.run("pull", image).fails(1).err())
                .contains("manifest for " + image + " not found: manifest unknown: manifest unknown");
        assertThat(daemon.api().request("POST", create(registry.image("hello"), "nosuch"), Map.of(), new byte[0]))
                .extracting(Api.Response::status)
                .isEqualTo(404);
        assertThat(docker.run("run", "--rm", image).fails(125).err())
                .contains("Unable to find image '" + image + "' locally");
        assertThat(docker.run("pull", "127.0.0.1:1/nobody").fails(1).err()).contains("connection refused");
    }

    @Test
    void runPullsWhatIsMissing() {
        RegistryImages.push(registry, hello, "hello:1");
        Result result = docker.run("run", "--rm", "--network", "none", registry.image("hello:1"))
                .ok();
        assertThat(result.text()).isEqualTo("hello");
        assertThat(result.err()).contains("Status: Downloaded newer image for " + registry.image("hello:1"));
    }

    private static String create(String name, String tag) {
        return "/v1.51/images/create?fromImage=" + name.replace(":", "%3A").replace("/", "%2F") + "&tag=" + tag;
    }

    @Test
    void theStreamIsDockersToTheLetter() {
        RegistryImages.push(registry, hello, "hello:1");
        Api.Response response = daemon.api()
                .request(
                        "POST",
                        create(registry.image("hello"), "1"),
                        // Docker takes what it cannot read for no credentials at all.
                        Map.of("X-Registry-Auth", "!!!"),
                        new byte[0]);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers()).containsEntry("content-type", "application/json");
        List<String> lines = List.of(response.text().split("\r\n"));
        String layer = RegistryImages.layerDigest(TestRegistry.text(registry.manifest("hello", "1")), 0)
                .substring(0, 12);
        assertThat(lines.getFirst()).isEqualTo("{\"status\":\"Pulling from hello\",\"id\":\"1\"}");
        assertThat(lines.stream().filter(line -> line.contains(layer)))
                .startsWith("{\"status\":\"Pulling fs layer\",\"progressDetail\":{},\"id\":\"" + layer + "\"}")
                .contains("{\"status\":\"Verifying Checksum\",\"progressDetail\":{},\"id\":\"" + layer + "\"}")
                .contains("{\"status\":\"Download complete\",\"progressDetail\":{},\"id\":\"" + layer + "\"}")
                .anyMatch(line -> line.matches(
                        "\\{\"status\":\"Downloading\",\"progressDetail\":\\{\"current\":\\d+,\"total\":\\d+},.*"))
                .anyMatch(line -> line.startsWith("{\"status\":\"Extracting\",\"progressDetail\":{\"current\":"))
                .endsWith("{\"status\":\"Pull complete\",\"progressDetail\":{},\"id\":\"" + layer + "\"}");
        assertThat(lines.getLast())
                .isEqualTo("{\"status\":\"Status: Downloaded newer image for " + registry.image("hello:1") + "\"}");
    }

    @Test
    void aPullIsAnEventOfItsReference() {
        RegistryImages.push(registry, hello, "hello:1");
        docker.ok("pull", registry.image("hello:1"));
        String since = "--since=10m";
        assertThat(docker.ok(
                        "events",
                        since,
                        "--until=0s",
                        "--filter",
                        "event=pull",
                        "--format",
                        "{{.Actor.ID}} {{.Actor.Attributes.name}}"))
                .contains(registry.image("hello:1") + " " + registry.image("hello"));
    }

    // ---- kinds of registries

    @Test
    void certificatesOfCertsDirectoriesAreTrustedAndOthersAreNot() {
        try (TestRegistry tls = TestRegistry.tls()) {
            RegistryImages.push(tls, hello, "hello:1");
            String image = tls.image("hello:1");
            assertThat(docker.run("pull", image).fails(1).err()).containsPattern("certificate|x509|PKIX");
            Path trusted = Path.of("/etc/cairn/certs.d");
            boolean made = !Files.exists(trusted);
            try {
                tls.trustIn(trusted);
                docker.ok("pull", image);
                assertThat(run(image)).isEqualTo("hello");
            } finally {
                TestDaemon.deleteTree(trusted.resolve(tls.address()));
                if (made) {
                    Command.run("rmdir", trusted.toString(), "/etc/cairn");
                }
            }
        }
    }

    @Test
    void passwordsAndTokensOpenWhatIsClosed() {
        try (TestRegistry password = TestRegistry.withPassword();
                TestRegistry tokens = TestRegistry.withTokens()) {
            for (TestRegistry closed : List.of(password, tokens)) {
                closed.copyIn("docker-archive:" + hello, "hello:1", "--dest-creds=user:secret");
                String image = closed.image("hello:1");
                docker.run("pull", image).fails(1);
                assertThat(docker.runWithInput("wrong", "login", "-u", "user", "--password-stdin", closed.address())
                                .fails(1)
                                .err())
                        .containsIgnoringCase("unauthorized");
                docker.run("pull", image).fails(1);
                assertThat(docker.runWithInput("secret", "login", "-u", "user", "--password-stdin", closed.address())
                                .ok()
                                .out())
                        .contains("Login Succeeded");
                docker.ok("pull", image);
                assertThat(run(image)).isEqualTo("hello");
                docker.ok("logout", closed.address());
                docker.ok("rmi", image);
                docker.run("pull", image).fails(1);
            }
        }
    }

    @Test
    void aLookAtTheRegistryTellsDigestAndPlatforms() {
        RegistryImages.push(registry, hello, "hello:1");
        String path = "/v1.51/distribution/" + registry.image("hello:1") + "/json";
        String auth = Base64.getUrlEncoder().encodeToString("{}".getBytes(StandardCharsets.UTF_8));
        Api.Response look = daemon.api().request("GET", path, Map.of("X-Registry-Auth", auth), new byte[0]);
        assertThat(look.status()).isEqualTo(200);
        assertThat(look.text())
                .contains("\"mediaType\":\"" + MANIFEST + "\"")
                .contains("\"Platforms\":[{\"architecture\":\"amd64\",\"os\":\"linux\"}]");
        assertThat(daemon.api()
                        .get("/v1.51/distribution/" + registry.image("nosuch:1") + "/json")
                        .status())
                .isEqualTo(404);
    }

    // ---- forms of images

    /** skopeo compresses what it sends: gzip unless told otherwise. */
    @Test
    void layersMayBeZstdOrNotCompressedAtAll() {
        Path fresh = RegistryImages.archive(work, "small");
        registry.copyIn("docker-archive:" + fresh, "zstd:1", "--format=oci", "--dest-compress-format=zstd");
        assertThat(TestRegistry.text(registry.manifest("zstd", "1"))).contains("tar+zstd");
        docker.ok("pull", registry.image("zstd:1"));
        assertThat(run(registry.image("zstd:1"))).isEqualTo("small");
        docker.ok("rmi", registry.image("zstd:1"));

        Path layout = work.resolve("plain-layout");
        Command.run(
                        "skopeo",
                        "copy",
                        "--dest-oci-accept-uncompressed-layers",
                        "docker-archive:" + fresh,
                        "oci:" + layout + ":1")
                .ok();
        registry.copyIn("oci:" + layout + ":1", "plain:1", "--preserve-digests");
        // Whatever skopeo calls it: the layer's own digest is that of its blob.
        assertThat(TestRegistry.text(registry.manifest("plain", "1")))
                .contains(Images.sha256(RegistryImages.upperTar(fresh)));
        docker.ok("pull", registry.image("plain:1"));
        assertThat(run(registry.image("plain:1"))).isEqualTo("small");
    }

    /** One manifest in the registry under a tag for each platform, and indexes over them. */
    private String index(String name, String... platforms) throws IOException {
        StringBuilder entries = new StringBuilder();
        for (String platform : platforms) {
            String architecture = platform.split("/")[1];
            Path archive = RegistryImages.archive(work, platform);
            Path folder = Files.createTempDirectory(work, "arch-");
            // The archive's config says amd64: another one under the name of its own digest.
            Command.run("tar", "-xf", archive.toString(), "-C", folder.toString())
                    .ok();
            Path manifest = folder.resolve("manifest.json");
            String old = Files.readString(manifest).replaceFirst("(?s).*\"Config\":\"([^\"]*)\".*", "$1");
            String config = Files.readString(folder.resolve(old)).replace("\"amd64\"", "\"" + architecture + "\"");
            Files.writeString(folder.resolve(old), config);
            String hex = Images.sha256(folder.resolve(old));
            Files.move(folder.resolve(old), folder.resolve(hex + ".json"));
            Files.writeString(manifest, Files.readString(manifest).replace(old, hex + ".json"));
            Path changed = folder.resolveSibling(folder.getFileName() + ".tar");
            Command.run("tar", "-cf", changed.toString(), "-C", folder.toString(), ".")
                    .ok();
            RegistryImages.push(registry, changed, name + ":" + architecture);
            byte[] stored = registry.manifest(name, architecture);
            Path file = Files.write(work.resolve("manifest"), stored);
            entries.append(entries.isEmpty() ? "" : ",")
                    .append(
                            "{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%d,\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}}"
                                    .formatted(MANIFEST, Images.sha256(file), stored.length, architecture));
        }
        return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}".formatted(INDEX, entries);
    }

    @Test
    void ofAnIndexThePlatformIsChosen() throws IOException {
        String json = index("multi", "linux/arm64", "linux/amd64", "linux/s390x");
        String digest = registry.putManifest("multi", "1", INDEX, json);
        String image = registry.image("multi:1");
        assertThat(docker.ok("pull", image)).contains("Digest: " + digest);
        assertThat(run(image)).isEqualTo("linux/amd64");
        assertThat(docker.inspect(image, "{{index .RepoDigests 0}}")).endsWith(digest);
        docker.ok("pull", "--platform", "linux/arm64", image);
        assertThat(docker.inspect(image, "{{.Architecture}}")).isEqualTo("arm64");
        assertThat(docker.run("pull", "--platform", "linux/riscv64", image)
                        .fails(1)
                        .err())
                .contains("no matching manifest for linux/riscv64 in the manifest list entries");
        // What is there is for another platform: the CLI pulls the right one, and runs it.
        assertThat(docker.ok("run", "--rm", "--network", "none", "--platform", "linux/amd64", image))
                .isEqualTo("linux/amd64");
        assertThat(docker.run("pull", "--platform", "linux/what/ever/else", image)
                        .fails(1)
                        .err())
                .contains("cannot parse platform specifier");
    }

    @Test
    void indexesMayBeNestedFourDeepAndNoDeeper() throws IOException {
        String json = index("nested", "linux/amd64");
        for (int depth = 1; depth <= 5; depth++) {
            String tag = "depth" + depth;
            String digest = registry.putManifest("nested", tag, INDEX, json);
            json =
                    "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[{\"mediaType\":\"%1$s\",\"digest\":\"%s\",\"size\":%d}]}"
                            .formatted(INDEX, digest, json.length());
        }
        docker.ok("pull", registry.image("nested:depth4"));
        assertThat(run(registry.image("nested:depth4"))).isEqualTo("linux/amd64");
        assertThat(docker.run("pull", registry.image("nested:depth5")).fails(1).err())
                .contains("nested deeper than 4");
    }

    @Test
    void anImageOfOnePlatformComesWithAWarningForAnother() {
        RegistryImages.push(registry, hello, "hello:1");
        String image = registry.image("hello:1");
        assertThat(docker.ok("pull", "--platform", "linux/arm64", image))
                .contains(
                        "WARNING: image with reference " + image
                                + " was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)");
    }

    @Test
    void whatIsNoImageIsRefusedInDockersWords() throws IOException {
        RegistryImages.push(registry, hello, "artifact:1");
        String manifest = TestRegistry.text(registry.manifest("artifact", "1"));
        registry.putManifest(
                "artifact",
                "chart",
                MANIFEST,
                manifest.replace(
                        "application/vnd.docker.container.image.v1+json", "application/vnd.cncf.helm.config.v1+json"));
        assertThat(docker.run("pull", registry.image("artifact:chart")).fails(1).err())
                .contains("Encountered remote \"application/vnd.cncf.helm.config.v1+json\"(unknown) when fetching");
        String oci = manifest.replace(MANIFEST, "application/vnd.oci.image.manifest.v1+json")
                .replace("application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json")
                .replace("application/vnd.docker.image.rootfs.diff.tar.gzip", "application/vnd.example.signature");
        registry.putManifest("artifact", "signature", "application/vnd.oci.image.manifest.v1+json", oci);
        assertThat(docker.run("pull", registry.image("artifact:signature"))
                        .fails(1)
                        .err())
                .contains("unsupported media type application/vnd.example.signature");
        // One layer fewer than the config has.
        String layers = manifest.replaceFirst("(?s)\"layers\"\\s*:\\s*\\[\\s*(\\{[^}]*}).*", "\"layers\":[$1]}");
        registry.putManifest("artifact", "short", MANIFEST, layers);
        assertThat(docker.run("pull", registry.image("artifact:short")).fails(1).err())
                .contains("layers from manifest don't match image configuration");
    }

    @Test
    void aLayerThatStandsSeveralTimesInAnImageIsFetchedOnce() {
        RegistryImages.push(registry, RegistryImages.repeatingArchive(work), "repeating:1");
        String again = RegistryImages.layerDigest(TestRegistry.text(registry.manifest("repeating", "1")), 1);
        docker.ok("pull", registry.image("repeating:1"));
        assertThat(docker.inspect(registry.image("repeating:1"), "{{len .RootFS.Layers}}"))
                .isEqualTo("4");
        registry.awaitRequests(1, "GET", "/v2/repeating/blobs/sha256:" + again);
    }

    /** Docker's registry has no index; this one answers as Docker Hub does. */
    @Test
    void theSearchIsTheRegistrysAndTheFiltersAreOurs() throws IOException {
        HttpServer index = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        index.createContext("/v1/search", exchange -> {
            byte[] body = """
                    {"num_results":2,"query":"box","results":[
                     {"name":"busybox","description":"Small","star_count":9,"is_official":true,"is_automated":false},
                     {"name":"some/box","description":"Other","star_count":1,"is_official":false,"is_automated":false}]}""".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        index.start();
        try {
            String term = "127.0.0.1:" + index.getAddress().getPort() + "/box";
            String[] format = {"search", "--format", "{{.Name}} {{.StarCount}} {{.IsOfficial}}", term};
            assertThat(docker.ok(format)).contains("busybox 9 [OK]").contains("some/box 1");
            assertThat(docker.ok(
                            "search",
                            "--filter",
                            "stars=1",
                            "--filter",
                            "is-official=false",
                            "--format",
                            "{{.Name}}",
                            term))
                    .contains("some/box")
                    .doesNotContain("busybox");
            docker.run("search", "--limit", "101", term).fails(1);
        } finally {
            index.stop(0);
        }
    }

    @Test
    void aBlobWithOtherContentIsNeverVisible() throws IOException {
        RegistryImages.push(registry, RegistryImages.archive(work, "honest"), "tampered:1");
        String layer = RegistryImages.layerDigest(TestRegistry.text(registry.manifest("tampered", "1")), 1);
        Path blob = registry.blob(layer);
        byte[] bytes = Files.readAllBytes(blob);
        bytes[bytes.length / 2] ^= 1;
        Files.write(blob, bytes);
        docker.run("pull", registry.image("tampered:1")).fails(1);
        assertThat(docker.ok("images", "-aq")).isEmpty();
    }
}
