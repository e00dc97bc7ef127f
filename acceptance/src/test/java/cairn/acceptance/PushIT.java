package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pushing, with the stock CLI, to Debian's registry, out of which skopeo reads what was pushed. */
final class PushIT {
    private static TestDaemon daemon;
    private static DockerCli docker;
    private static TestRegistry registry;
    private static Path work;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        registry = TestRegistry.plain();
        work = TestDaemon.newDirectory();
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
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

    private static String load(String said, String... names) {
        docker.ok("load", "-i", RegistryImages.archive(work, said).toString());
        for (String name : names) {
            docker.ok("tag", "made:1", name);
        }
        docker.ok("rmi", "made:1");
        return docker.inspect(names[0], "{{.Id}}");
    }

    private static String digest(TestRegistry where, String name, String reference) throws IOException {
        return Images.sha256(Files.write(work.resolve("manifest"), where.manifest(name, reference)));
    }

    @Test
    void whatIsPushedSkopeoReadsAndDockerPullsAgain() throws IOException {
        String image = registry.image("mine:1");
        String id = load("mine", image);
        Result pushed = docker.run("push", image).ok();
        assertThat(pushed.lines()).first().isEqualTo("The push refers to repository [" + registry.image("mine") + "]");
        assertThat(pushed.out())
                .containsPattern("[0-9a-f]{12}: Preparing\n")
                .containsPattern("[0-9a-f]{12}: Pushed\n")
                .endsWith("1: digest: sha256:" + digest(registry, "mine", "1") + " size: "
                        + registry.manifest("mine", "1").length + "\n");
        assertThat(docker.inspect(image, "{{index .RepoDigests 0}}"))
                .isEqualTo(registry.image("mine") + "@sha256:" + digest(registry, "mine", "1"));
        // skopeo verifies every digest on the way, layers' plain digests included.
        Path layout = work.resolve("layout");
        Command.run("skopeo", "copy", "--src-tls-verify=false", "docker://" + image, "oci:" + layout + ":1")
                .ok();
        docker.ok("rmi", image);
        docker.ok("pull", image);
        assertThat(docker.inspect(image, "{{.Id}}")).isEqualTo(id);
        assertThat(docker.ok("run", "--rm", "--network", "none", image)).isEqualTo("mine");
    }

    @Test
    void layersThatTheRegistryHasAreNotSent() {
        String first = registry.image("twice:1");
        load("twice", first);
        docker.ok("push", first);
        long sent = registry.requests("PATCH", "/v2/twice/") + registry.requests("PUT", "/v2/twice/blobs/");
        assertThat(docker.ok("push", first)).contains(": Layer already exists").doesNotContain("Pushed");
        String elsewhere = registry.image("elsewhere:1");
        docker.ok("tag", first, elsewhere);
        assertThat(docker.ok("push", elsewhere))
                .contains(": Mounted from twice")
                .doesNotContain(": Pushed");
        assertThat(registry.requests("PATCH", "/v2/twice/") + registry.requests("PUT", "/v2/twice/blobs/"))
                .isEqualTo(sent);
    }

    @Test
    void allTagsArePushedOnRequest() {
        load("tags", registry.image("tags:a"), registry.image("tags:b"));
        assertThat(docker.ok("push", "--all-tags", registry.image("tags")))
                .contains("a: digest: sha256:")
                .contains("b: digest: sha256:");
        assertThat(registry.manifest("tags", "b")).isEqualTo(registry.manifest("tags", "a"));
        assertThat(docker.run("push", registry.image("tags:c")).fails(1).err())
                .contains("tag does not exist: " + registry.image("tags:c"));
        Result missing = docker.run("push", registry.image("nothing:1")).fails(1);
        assertThat(missing.out()).contains("The push refers to repository [" + registry.image("nothing") + "]");
        assertThat(missing.err())
                .contains("An image does not exist locally with the tag: " + registry.image("nothing"));
    }

    @Test
    void theStreamEndsWithWhatWasPushed() throws IOException {
        String image = registry.image("stream:1");
        load("stream", image);
        Api.Response response = daemon.api()
                .request("POST", "/v1.51/images/" + registry.image("stream") + "/push?tag=1", Map.of(), new byte[0]);
        List<String> lines = List.of(response.text().split("\r\n"));
        assertThat(lines.getFirst())
                .isEqualTo("{\"status\":\"The push refers to repository [" + registry.image("stream") + "]\"}");
        assertThat(lines)
                .anyMatch(line -> line.matches("\\{\"status\":\"Pushing\",\"progressDetail\":\\{\"current\":\\d+,"
                        + "\"total\":\\d+},\"progress\":\"[^\"]+\",\"id\":\"[0-9a-f]{12}\"}"));
        String digest = digest(registry, "stream", "1");
        int size = registry.manifest("stream", "1").length;
        assertThat(lines.subList(lines.size() - 2, lines.size()))
                .containsExactly(
                        "{\"status\":\"1: digest: sha256:" + digest + " size: " + size + "\"}",
                        "{\"progressDetail\":{},\"aux\":{\"Tag\":\"1\",\"Digest\":\"sha256:" + digest + "\",\"Size\":"
                                + size + "}}");
    }

    @Test
    void aPulledImageKeepsItsDigestWhereverItIsPushed() throws IOException {
        Path archive = RegistryImages.archive(work, "origin");
        for (List<String> form :
                List.of(List.of("--format=v2s2"), List.of("--format=oci", "--dest-compress-format=zstd"))) {
            try (TestRegistry source = TestRegistry.plain();
                    TestRegistry target = TestRegistry.plain()) {
                source.copyIn("docker-archive:" + archive, "origin:1", form.toArray(String[]::new));
                String digest = digest(source, "origin", "1");
                docker.ok("pull", source.image("origin:1"));
                docker.ok("tag", source.image("origin:1"), source.image("copy:1"));
                assertThat(docker.ok("push", source.image("copy:1"))).contains(": Mounted from origin");
                docker.ok("tag", source.image("origin:1"), target.image("other:1"));
                assertThat(docker.ok("push", target.image("other:1"))).contains(": Pushed");
                assertThat(List.of(digest(source, "copy", "1"), digest(target, "other", "1")))
                        .containsOnly(digest);
                docker.ok("rmi", "-f", source.image("origin:1"), source.image("copy:1"), target.image("other:1"));
                docker.ok("pull", target.image("other:1"));
                assertThat(docker.ok("run", "--rm", "--network", "none", target.image("other:1")))
                        .isEqualTo("origin");
                docker.ok("rmi", target.image("other:1"));
            }
        }
    }

    @Test
    void withoutItsSourceAnImageGetsANewManifestAndStaysTheSameImage() throws IOException {
        Path archive = RegistryImages.archive(work, "orphan");
        String old;
        String pulled;
        String target = registry.image("orphan:1");
        try (TestRegistry source = TestRegistry.plain()) {
            RegistryImages.push(source, archive, "orphan:1");
            old = digest(source, "orphan", "1");
            pulled = source.image("orphan:1");
            docker.ok("pull", pulled);
            docker.ok("tag", pulled, target);
        }
        String id = docker.inspect(target, "{{.Id}}");
        docker.ok("push", target);
        assertThat(digest(registry, "orphan", "1")).isNotEqualTo(old);
        docker.ok("rmi", pulled, target);
        docker.ok("pull", target);
        assertThat(docker.inspect(target, "{{.Id}}")).isEqualTo(id);
    }

    /** Docker's client sends one registry's credentials with a push, and those are none of another one's business. */
    @Test
    void layersAreCopiedFromAClosedRegistryForWhoIsLoggedInThere() throws IOException {
        Path configuration = Files.createDirectory(work.resolve("both"));
        DockerCli stock = new DockerCli(daemon.socket(), configuration);
        DockerCli cairn =
                new DockerCli(TestDaemon.dist().resolve("bin/cairn").toString(), daemon.socket(), configuration);
        try (TestRegistry source = TestRegistry.withPassword();
                TestRegistry target = TestRegistry.plain()) {
            stock.runWithInput("secret", "login", "-u", "user", "--password-stdin", source.address())
                    .ok();
            for (String name : List.of("first:1", "second:1")) {
                source.copyIn(
                        "docker-archive:" + RegistryImages.archive(work, name),
                        name,
                        "--format=oci",
                        "--dest-compress-format=zstd",
                        "--dest-creds=user:secret");
                stock.ok("pull", source.image(name));
                stock.ok("tag", source.image(name), target.image(name));
            }
            assertThat(cairn.ok("push", target.image("first:1")))
                    .contains(": Pushed")
                    .doesNotContain("WARNING");
            // Both registries have it under one digest.
            assertThat(stock.inspect(source.image("first:1"), "{{json .RepoDigests}}"))
                    .contains(source.image("first") + "@sha256:" + digest(target, "first", "1"));
            assertThat(stock.ok("push", target.image("second:1")))
                    .containsOnlyOnce("WARNING: layers cannot be copied from " + source.image("second"))
                    .contains("no basic auth credentials")
                    .contains("'cairn push' after 'cairn login " + source.address() + "'")
                    .contains(": Pushed");
        }
    }

    @Test
    void onlyWhoMayPushesToAClosedRegistry() {
        try (TestRegistry password = TestRegistry.withPassword();
                TestRegistry tokens = TestRegistry.withTokens()) {
            for (TestRegistry closed : List.of(password, tokens)) {
                String image = closed.image("mine:1");
                load("closed", image);
                docker.run("push", image).fails(1);
                docker.runWithInput("secret", "login", "-u", "user", "--password-stdin", closed.address())
                        .ok();
                docker.ok("push", image);
                docker.ok("logout", closed.address());
                docker.ok("rmi", image);
            }
        }
    }
}
