package cairn.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.layer.Layer;
import cairn.engine.layer.StoreFixture;
import cairn.engine.layer.Tar;
import cairn.oci.DiffId;
import cairn.oci.ImageConfig;
import cairn.oci.ImageId;
import cairn.oci.Reference;
import cairn.oci.RunConfig;
import cairn.wire.Filters;
import cairn.wire.PruneFilters;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept and what goes: budgets, last uses, pins, prunes. */
class ImageGcTest {
    /** An hour passes with every look. */
    private static final class Hours extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            now = now.plus(Duration.ofHours(1));
            return now;
        }
    }

    private final Hours clock = new Hours();
    private StoreFixture store;
    private Images images;
    private LastUsed lastUsed;
    private Pins pins;
    private ImageGc gc;
    private final Map<ImageId, List<ImageUsers.Use>> uses = new HashMap<>();
    private final ImageUsers users = id -> uses.getOrDefault(id, List.of());

    @BeforeEach
    void open() throws IOException {
        store = new StoreFixture();
        images = new Images(store.root(), store.layers(), (action, id, name, labels) -> {}, clock, "test");
        lastUsed = new LastUsed(file(), store.root().files(), clock);
        pins = new Pins(store.root(), images);
        gc = new ImageGc(images, store.layers(), lastUsed, pins);
    }

    @AfterEach
    void close() {
        lastUsed.close();
        store.close();
    }

    private Path file() {
        return store.root().lastUsed();
    }

    private Image image(String name, Image below, int bytes, Map<String, String> labels) {
        try {
            byte[] tar = new Tar()
                    .file(name.isEmpty() ? "nameless" : name.replace(':', '-'), "x".repeat(bytes))
                    .bytes();
            Layer layer =
                    store.layers().unpack(below == null ? null : below.chainId(), new ByteArrayInputStream(tar), null);
            List<DiffId> diffIds =
                    new ArrayList<>(below == null ? List.of() : below.config().diffIds());
            diffIds.add(layer.diffId());
            RunConfig run = new RunConfig("", null, null, null, null, null, "", labels, null, null, null, false, null);
            ImageConfig config = ImageConfig.create(new ImageConfig.Content(
                    clock.instant(),
                    null,
                    "amd64",
                    null,
                    "linux",
                    null,
                    run,
                    null,
                    diffIds,
                    List.of(),
                    null,
                    null,
                    null,
                    null));
            return images.add(config, null, name.isEmpty() ? null : Reference.parseNormalized(name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Image image(String name, Image below, int bytes) {
        return image(name, below, bytes, Map.of());
    }

    private static List<String> told(ImageGc.Outcome outcome) {
        return outcome.decisions().stream()
                .map(decision -> (decision.removed() ? "-" : "+")
                        + String.join(",", decision.image().repoTags()) + " " + decision.bytes())
                .toList();
    }

    private List<String> names() {
        return images.list().stream()
                .flatMap(image -> image.repoTags().stream())
                .sorted()
                .toList();
    }

    @Test
    void theLongestUnusedGoesFirstAndNoMoreThanMustGo() {
        image("old:1", null, 100);
        image("middle:1", null, 200);
        image("new:1", null, 400);
        ImageGc.Outcome outcome = gc.collect(650, true, users);
        assertThat(told(outcome)).containsExactly("-old:1 100", "+middle:1 200", "+new:1 400");
        assertThat(outcome.before()).isEqualTo(700);
        assertThat(outcome.after()).isEqualTo(600);
        assertThat(names()).as("a dry run changes nothing").hasSize(3);
        lastUsed.note(images.get("old:1").id());
        outcome = gc.collect(650, false, users);
        assertThat(told(outcome)).containsExactly("-middle:1 200", "+new:1 400", "+old:1 100");
        assertThat(outcome.after()).isEqualTo(500);
        assertThat(names()).containsExactly("new:1", "old:1");
        assertThat(outcome.decisions().getFirst().reason()).startsWith("not used since 2026-01-01T");
        assertThat(outcome.decisions().getLast().reason()).isEqualTo("within the budget");
    }

    @Test
    void anImageFreesOnlyWhatIsItsOwn() {
        Image base = image("base:1", null, 1000);
        image("a:1", base, 10);
        image("b:1", base, 20);
        // The base frees nothing while others need it, and goes for good with the last of them.
        ImageGc.Outcome outcome = gc.collect(1015, true, users);
        assertThat(told(outcome)).containsExactly("-a:1 10", "-b:1 20", "+base:1 1000");
        outcome = gc.collect(0, false, users);
        assertThat(outcome.before()).isEqualTo(1030);
        assertThat(outcome.after()).isZero();
        assertThat(told(outcome)).containsExactly("-a:1 10", "-b:1 20", "-base:1 1000");
        store.assertEmpty();
    }

    @Test
    void sameLayersGoTogether() {
        Image one = image("one:1", null, 500);
        store.layers().retain(one.chainId());
        images.add(
                ImageConfig.create(new ImageConfig.Content(
                        clock.instant(),
                        null,
                        "amd64",
                        null,
                        "linux",
                        null,
                        RunConfig.empty(),
                        null,
                        one.config().diffIds(),
                        List.of(),
                        null,
                        null,
                        null,
                        null)),
                null,
                Reference.parseNormalized("two:1"));
        assertThat(told(gc.collect(100, false, users))).containsExactly("-one:1 0", "-two:1 500");
    }

    @Test
    void whatIsUsedOrPinnedStaysAndSaysWhy() {
        Image used = image("used:1", null, 100);
        image("label:1", null, 100, Map.of("cairn.pin", "true"));
        image("pinned:1", null, 100);
        Image byId = image("", null, 100);
        image("free:1", null, 100);
        uses.put(used.id(), List.of(new ImageUsers.Use("c".repeat(64), "web", false)));
        assertThat(pins.pin("pinned:1")).isEqualTo("pinned:1");
        assertThat(pins.pin(byId.id().digest().shortHex())).isEqualTo(byId.id().toString());
        ImageGc.Outcome outcome = gc.collect(0, false, users);
        assertThat(outcome.decisions())
                .extracting(ImageGc.Decision::reason)
                .containsExactlyInAnyOrder(
                        outcome.decisions().getFirst().reason(),
                        "in use by container web",
                        "pinned by its label cairn.pin",
                        "pinned as pinned:1",
                        "pinned by its ID");
        assertThat(outcome.after()).isEqualTo(400);
        assertThat(names()).containsExactly("label:1", "pinned:1", "used:1");
        // Pins are found again.
        Pins again = new Pins(store.root(), images);
        assertThat(again.reason(images.get("pinned:1"))).isEqualTo("pinned as pinned:1");
        again.unpin("pinned:1");
        assertThatThrownBy(() -> again.unpin("pinned:1")).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> again.unpin("label:1")).hasMessageContaining("pinned by its label");
    }

    @Test
    void layersOfContainersCountAndHold() {
        Image base = image("base:1", null, 300);
        image("top:1", base, 50);
        store.layers().readWrite().create("c".repeat(64), base.chainId(), true);
        images.remove("base:1", true, false, users);
        ImageGc.Outcome outcome = gc.collect(0, false, users);
        assertThat(outcome.before()).isEqualTo(350);
        assertThat(outcome.after()).isEqualTo(300);
        store.layers().readWrite().remove("c".repeat(64));
        store.assertEmpty();
    }

    @Test
    void lastUsesSurviveARestartAndForgetWhatIsGone() throws Exception {
        Image a = image("a:1", null, 1);
        Image b = image("b:1", null, 2);
        lastUsed.happened(ImageEvents.Action.SAVE, a.id().toString());
        lastUsed.note(b.id());
        lastUsed.happened(ImageEvents.Action.DELETE, b.id().toString());
        lastUsed.happened(ImageEvents.Action.PULL, "busybox:latest");
        Instant used = lastUsed.of(a);
        assertThat(used).isAfter(a.lastTagTime());
        lastUsed.close();
        lastUsed = new LastUsed(file(), store.root().files(), clock);
        assertThat(lastUsed.of(a)).isEqualTo(used);
        assertThat(lastUsed.of(b)).isEqualTo(b.lastTagTime());
        Files.writeString(file(), "{\"sha256:1\":");
        lastUsed.close();
        lastUsed = new LastUsed(file(), store.root().files(), clock);
        assertThat(lastUsed.of(a)).as("a damaged file is no reason to fail").isEqualTo(a.lastTagTime());
    }

    @Test
    void pruneChoosesByMobysRules() {
        Image kept = image("kept:1", null, 10);
        Image nameless = image("", kept, 20);
        image("labelled:1", null, 30, Map.of("stay", "1"));
        ImagePrune prune = new ImagePrune(images, store.layers());
        PruneFilters none = PruneFilters.of(Filters.NONE, clock.instant());
        ImagePrune.Result result = prune.prune(true, none, users);
        assertThat(result.reclaimed()).isEqualTo(20);
        assertThat(result.removed())
                .contains(new Removed.Deleted(nameless.id().toString()))
                .hasSize(2);
        PruneFilters stay = PruneFilters.of(Filters.parse("{\"label!\":[\"stay\"]}"), clock.instant());
        assertThat(prune.prune(false, stay, users).reclaimed()).isEqualTo(10);
        assertThat(names()).containsExactly("labelled:1");
        uses.put(images.get("labelled:1").id(), List.of(new ImageUsers.Use("c1", false)));
        assertThat(prune.prune(false, none, users).removed()).isEmpty();
        PruneFilters old = PruneFilters.of(Filters.parse("{\"until\":[\"2025-01-01\"]}"), clock.instant());
        uses.clear();
        assertThat(prune.prune(false, old, users).removed()).isEmpty();
        assertThat(prune.prune(false, none, users).reclaimed()).isEqualTo(30);
        store.assertEmpty();
    }

    @Test
    void sharedAndUniqueBytesAddUp() {
        Image base = image("base:1", null, 1000);
        Image top = image("top:1", base, 10);
        ImageSizes sizes = new ImageSizes(images.list(), store.layers());
        assertThat(sizes.total()).isEqualTo(1010);
        assertThat(sizes.shared(top.id())).isEqualTo(1000);
        assertThat(sizes.shared(base.id())).isEqualTo(1000);
    }
}
