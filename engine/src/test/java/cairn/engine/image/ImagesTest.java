package cairn.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.layer.Layer;
import cairn.engine.layer.StoreFixture;
import cairn.engine.layer.Tar;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.ImageConfig;
import cairn.oci.ImageId;
import cairn.oci.Platform;
import cairn.oci.Reference;
import cairn.oci.RunConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ImagesTest {
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC);
    static final ImageUsers NOBODY = image -> List.of();
    static final Platform PLATFORM = new Platform("linux", "amd64", null);

    StoreFixture store;
    Images images;
    final List<String> events = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        store = new StoreFixture();
        images = open(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Images open(StoreFixture fixture) {
        return new Images(
                fixture.root(),
                fixture.layers(),
                (action, id, name, labels) -> events.add(action + " " + name),
                CLOCK,
                "test");
    }

    private Image imported(String name, String content) throws IOException {
        byte[] tar = new Tar().file("file", content).bytes();
        return images.importTar(
                new ByteArrayInputStream(tar),
                name == null ? null : Reference.parseNormalized(name),
                "Imported from -",
                RunConfig.empty().withCmd(List.of("sh")),
                PLATFORM);
    }

    private Image child(Image parent, String name, String content) throws IOException {
        Layer layer = store.layers()
                .unpack(
                        parent.chainId(),
                        new ByteArrayInputStream(
                                new Tar().file("child", content).bytes()),
                        null);
        List<DiffId> diffIds = new ArrayList<>(parent.config().diffIds());
        diffIds.add(layer.diffId());
        List<ImageConfig.History> history =
                new ArrayList<>(parent.config().content().history());
        history.add(new ImageConfig.History(CLOCK.instant(), "sh -c true", null, null, false));
        history.add(new ImageConfig.History(CLOCK.instant(), "ENV a=b", null, null, true));
        ImageConfig config = ImageConfig.create(new ImageConfig.Content(
                CLOCK.instant(),
                null,
                "amd64",
                null,
                "linux",
                null,
                RunConfig.empty(),
                null,
                diffIds,
                history,
                null,
                "test",
                null,
                null));
        return images.create(config, parent.id(), name == null ? null : Reference.parseNormalized(name));
    }

    private static Problem problem(Runnable call) {
        try {
            call.run();
        } catch (EngineException e) {
            return e.problem();
        }
        throw new AssertionError("nothing was thrown");
    }

    private static Removed untagged(String reference) {
        return new Removed.Untagged(reference);
    }

    private static Removed deleted(Object digest) {
        return new Removed.Deleted(digest.toString());
    }

    @Test
    void anImageIsFoundByEachOfItsNames() throws IOException {
        Image image = imported("box", "1");
        images.tag("box", Reference.parseNormalized("example.com:5000/team/box:v1"));
        Digest digest = Digest.sha256(new byte[0]);
        images.putDigest(image.id(), Reference.parseNormalized("box").withDigest(digest));
        String hex = image.id().digest().hex();
        for (String name : List.of(
                "box",
                "box:latest",
                "docker.io/library/box",
                "example.com:5000/team/box:v1",
                "box@" + digest,
                "box:whatever@" + digest,
                hex,
                "sha256:" + hex,
                hex.substring(0, 12),
                "sha256:" + hex.substring(0, 5),
                hex.substring(0, 1))) {
            assertThat(images.get(name).id()).as(name).isEqualTo(image.id());
        }
        Image found = images.get("box");
        assertThat(found.repoTags()).containsExactly("box:latest", "example.com:5000/team/box:v1");
        assertThat(found.repoDigests()).containsExactly("box@" + digest);
        assertThat(found.lastTagTime()).isEqualTo(CLOCK.instant());
        assertThat(found.size()).isEqualTo(1);
        assertThat(found.config().config().cmd()).containsExactly("sh");
    }

    @Test
    void whatIsNotThereIsSaidInDockersWay() throws IOException {
        imported("box", "1");
        assertThat(problem(() -> images.get("nix"))).isEqualTo(new Problem.NoSuchImage("nix:latest"));
        assertThat(problem(() -> images.get("box:other"))).isEqualTo(new Problem.NoSuchImage("box:other"));
        String none = "0".repeat(64);
        assertThat(problem(() -> images.get(none))).isEqualTo(new Problem.NoSuchImage("sha256:" + none));
        assertThat(problem(() -> images.get("Box")))
                .isEqualTo(new Problem.InvalidReference("Box", "repository name (library/Box) must be lowercase"));
        assertThat(problem(() -> images.get(":x"))).isInstanceOf(Problem.InvalidReference.class);
    }

    @Test
    void everythingIsFoundAgainAfterAStart() throws IOException {
        Image base = imported("base", "1");
        Image top = child(base, "top:1", "2");
        List<Image> before = images.list();
        store.reopen();
        Images again = open(store);
        assertThat(again.list()).isEqualTo(before).hasSize(2);
        assertThat(again.get("top:1").parent()).isEqualTo(base.id());
        assertThat(again.get("top:1").chainId()).isEqualTo(top.chainId());
        again.remove("top:1", false, false, NOBODY);
        again.remove("base", false, false, NOBODY);
        store.assertEmpty();
    }

    @Test
    void repositoriesAreWrittenAsDockerWritesThem() throws IOException {
        Image image = imported("bb:1", "1");
        images.tag("bb:1", Reference.parseNormalized("other/bb"));
        assertThat(store.root().repositories())
                .hasContent("{\"Repositories\":{\"bb\":{\"bb:1\":\"%s\"},\"other/bb\":{\"other/bb:latest\":\"%s\"}}}"
                        .formatted(image.id(), image.id()));
    }

    @Test
    void aTagMovesAndItsOldImageStays() throws IOException {
        Image first = imported("box", "1");
        Image second = imported("box", "2");
        assertThat(images.get("box").id()).isEqualTo(second.id());
        assertThat(images.find(first.id()).isDangling()).isTrue();
        assertThat(problem(() -> images.tag("box", Reference.parseNormalized("x@" + Digest.sha256(new byte[0])))))
                .isEqualTo(new Problem.InvalidParameter("refusing to create a tag with a digest reference"));
    }

    @Test
    void theLastNameTakesTheImageWithIt() throws IOException {
        Image image = imported("a", "1");
        images.tag("a", Reference.parseNormalized("b"));
        assertThat(images.remove("a", false, false, NOBODY)).containsExactly(untagged("a:latest"));
        events.clear();
        assertThat(images.remove("b:latest", false, false, NOBODY))
                .containsExactly(untagged("b:latest"), deleted(image.id()), deleted(image.chainId()));
        assertThat(events).containsExactly("UNTAG " + image.id(), "DELETE " + image.id());
        assertThat(images.list()).isEmpty();
        store.assertEmpty();
    }

    @Test
    void digestsOfARepositoryGoWithItsLastTag() throws IOException {
        Image image = imported("a", "1");
        Digest digest = Digest.sha256(new byte[0]);
        images.putDigest(image.id(), Reference.parseNormalized("a").withDigest(digest));
        assertThat(images.remove("a", false, false, NOBODY))
                .containsExactly(
                        untagged("a:latest"), untagged("a@" + digest), deleted(image.id()), deleted(image.chainId()));
    }

    @Test
    void anIdRemovesAnImageWithOneName() throws IOException {
        Image image = imported("a", "1");
        String id = image.id().digest().shortHex();
        images.tag("a", Reference.parseNormalized("b"));
        assertThat(problem(() -> images.remove(id, false, false, NOBODY)))
                .isEqualTo(new Problem.ImageTagged(image.id().digest().hex(), List.of("a:latest", "b:latest")));
        assertThat(images.remove(id, true, false, NOBODY))
                .containsExactly(
                        untagged("a:latest"), untagged("b:latest"), deleted(image.id()), deleted(image.chainId()));
    }

    @Test
    void containersProtectTheirImage() throws IOException {
        Image image = imported("a", "1");
        String hex = image.id().digest().hex();
        ImageUsers stopped = id -> List.of(new ImageUsers.Use("c1", false));
        ImageUsers running = id -> List.of(new ImageUsers.Use("c0", false), new ImageUsers.Use("c1", true));
        assertThat(problem(() -> images.remove("a", false, false, stopped)))
                .isEqualTo(new Problem.ImageInUse("a", hex, "c1", false, true));
        assertThat(problem(() -> images.remove(hex, false, false, stopped)))
                .isEqualTo(new Problem.ImageInUse(hex, hex, "c1", false, false));
        assertThat(problem(() -> images.remove(hex, true, false, running)))
                .isEqualTo(new Problem.ImageInUse(hex, hex, "c1", true, false));
        assertThat(images.list()).hasSize(1);
        // By name and force the name goes, and the image stays for its running container.
        assertThat(images.remove("a", true, false, running)).containsExactly(untagged("a:latest"));
        assertThat(images.find(image.id())).isNotNull();
        assertThat(images.remove(hex, true, false, stopped)).hasSize(2);
    }

    @Test
    void aChildProtectsItsParentAndTakesItAlongWhenItGoes() throws IOException {
        Image base = imported("base", "1");
        Image top = child(base, "top", "2");
        String baseHex = base.id().digest().hex();
        assertThat(problem(() -> images.remove(baseHex, true, false, NOBODY)))
                .isEqualTo(new Problem.ImageHasChildren(baseHex));
        assertThat(images.remove("base", false, false, NOBODY)).containsExactly(untagged("base:latest"));
        assertThat(images.remove("top", false, false, NOBODY))
                .containsExactly(
                        untagged("top:latest"),
                        deleted(top.id()),
                        deleted(top.chainId()),
                        deleted(base.id()),
                        deleted(base.chainId()));
        store.assertEmpty();
    }

    @Test
    void historyNamesTheStepsAndTheirSizes() throws IOException {
        Image base = imported("base", "12345");
        Image top = child(base, "top", "22");
        List<HistoryEntry> history = images.history("top", null);
        assertThat(history).extracting(HistoryEntry::createdBy).containsExactly("ENV a=b", "sh -c true", "");
        assertThat(history).extracting(HistoryEntry::size).containsExactly(0L, 2L, 5L);
        assertThat(history).extracting(HistoryEntry::id).containsExactly(top.id(), base.id(), null);
        assertThat(history.getFirst().tags()).containsExactly("top:latest");
        assertThat(history.getLast().comment()).isEqualTo("Imported from -");
    }

    @Test
    void aBrokenConfigOrAMissingLayerSpoilsOnlyItsOwnImage() throws IOException {
        Image good = imported("good", "1");
        Image bad = imported("bad", "2");
        Image gone = imported("gone", "3");
        Files.writeString(store.root().imageContents().resolve(bad.id().digest().hex()), "{}");
        String chain = gone.chainId().digest().hex();
        Files.move(store.root().layers().resolve(chain), store.temporary().resolve(chain));
        store.reopen();
        assertThat(open(store).list()).extracting(Image::id).containsExactly(good.id());
    }

    @Test
    void anArchiveBringsTheSameImagesBack() throws Exception {
        Image base = imported("base", "1");
        Image top = child(base, "top:1", "2");
        images.tag("top:1", Reference.parseNormalized("top:2"));
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        images.save(List.of("top", "base:latest"), archive);
        images.remove("top:1", false, false, NOBODY);
        images.remove("top:2", false, false, NOBODY);
        images.remove("base", false, false, NOBODY);
        store.assertEmpty();

        Map<DiffId, Long> progress = new HashMap<>();
        List<Loaded> loaded = images.load(
                new ByteArrayInputStream(archive.toByteArray()),
                null,
                (diffId, current, total) -> progress.put(diffId, total - current));
        assertThat(loaded)
                .containsExactlyInAnyOrder(
                        new Loaded(top.id(), Reference.parseNormalized("top:1"), null),
                        new Loaded(top.id(), Reference.parseNormalized("top:2"), null),
                        new Loaded(base.id(), Reference.parseNormalized("base:latest"), null));
        assertThat(progress.keySet())
                .containsExactlyInAnyOrderElementsOf(top.config().diffIds());
        assertThat(progress.values()).containsOnly(0L);
        assertThat(images.list()).extracting(Image::id).containsExactlyInAnyOrder(top.id(), base.id());

        // Once more is fine, and in the end nothing is held.
        images.load(new ByteArrayInputStream(archive.toByteArray()), null, (diffId, current, total) -> {});
        for (String name : List.of("top:1", "top:2", "base")) {
            images.remove(name, false, false, NOBODY);
        }
        store.assertEmpty();
    }

    private byte[] archiveOf(String... names) throws IOException {
        for (String name : names) {
            imported(name, name);
        }
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        images.save(List.of(names), archive);
        for (String name : names) {
            images.remove(name, false, false, NOBODY);
        }
        return archive.toByteArray();
    }

    private Object writtenNames() {
        try {
            return Files.getAttribute(store.root().repositories(), "unix:ino");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void namesOfAnArchiveAreWrittenTogether() throws IOException {
        byte[] archive = archiveOf("a:1", "b:1", "c:1");
        Object before = writtenNames();
        Set<String> named = new TreeSet<>();
        images.load(new ByteArrayInputStream(archive), null, (diffId, current, total) -> {
            images.list().forEach(image -> named.addAll(image.repoTags()));
            assertThat(writtenNames()).isEqualTo(before);
        });
        assertThat(named).containsExactly("a:1", "b:1");
        store.reopen();
        images = open(store);
        assertThat(images.list()).flatExtracting(Image::repoTags).containsExactlyInAnyOrder("a:1", "b:1", "c:1");
    }

    @Test
    void namesOfImagesBeforeTheBrokenOneStay() throws IOException {
        byte[] archive = archiveOf("a:1", "b:1");
        assertThatThrownBy(() -> images.load(new ByteArrayInputStream(archive), null, (diffId, current, total) -> {
                    if (images.find("a:1") != null) {
                        throw new Problem.DiskFull("load").exception();
                    }
                }))
                .isInstanceOf(EngineException.class);
        store.reopen();
        images = open(store);
        assertThat(images.list()).flatExtracting(Image::repoTags).containsExactly("a:1");
    }

    @Test
    void noWrittenNameLeadsToAnImageThatIsRemovedWhileItsNamesNewOwnerIsLoaded() throws IOException {
        byte[] archive = archiveOf("a:1", "b:1");
        Image old = imported("a:1", "old");
        images.load(new ByteArrayInputStream(archive), null, (diffId, current, total) -> {
            if (images.find(old.id()) != null && !images.get("a:1").id().equals(old.id())) {
                images.remove(old.id().toString(), false, false, NOBODY);
                assertThat(store.root().repositories())
                        .content()
                        .doesNotContain(old.id().toString());
            }
        });
        assertThat(images.find(old.id())).isNull();
    }

    @Test
    void aTruncatedArchiveLeavesNothing() throws IOException {
        imported("a", "x".repeat(5000));
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        images.save(List.of("a"), archive);
        images.remove("a", false, false, NOBODY);
        byte[] whole = archive.toByteArray();
        for (int length = 100; length < whole.length - 2048; length += 1777) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> images.load(new ByteArrayInputStream(part), null, (diffId, current, total) -> {}))
                    .as("cut at %d", length)
                    .isInstanceOf(EngineException.class);
        }
        store.assertEmpty();
        assertThat(images.list()).isEmpty();
    }

    @Test
    void savingWhatIsNotThereWritesNothing() throws IOException {
        imported("a", "1");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> images.save(List.of("a", "b"), out)).isInstanceOf(EngineException.class);
        assertThat(out.size()).isZero();
    }

    @Test
    void anImageWithoutLayersIsAnImageToo() throws IOException {
        ImageConfig config = ImageConfig.create(new ImageConfig.Content(
                CLOCK.instant(),
                null,
                "amd64",
                null,
                "linux",
                null,
                RunConfig.empty(),
                null,
                List.of(),
                List.of(),
                null,
                null,
                null,
                null));
        Image image = images.create(config, null, Reference.parseNormalized("empty"));
        assertThat(image.chainId()).isNull();
        store.layers().readWrite().create("c".repeat(64), null, true);
        store.layers().readWrite().remove("c".repeat(64));
        assertThat(images.remove("empty", false, false, NOBODY))
                .containsExactly(untagged("empty:latest"), deleted(image.id()));
        ImageId id = image.id();
        assertThat(images.find(id)).isNull();
    }
}
