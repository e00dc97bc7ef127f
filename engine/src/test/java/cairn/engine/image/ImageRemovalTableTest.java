package cairn.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.error.EngineException;
import cairn.engine.layer.StoreFixture;
import cairn.engine.layer.Tar;
import cairn.oci.Digest;
import cairn.oci.Platform;
import cairn.oci.Reference;
import cairn.oci.RunConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Moby's ImageDelete as a table: names of an image, who uses it, what is asked for, what comes of it. */
class ImageRemovalTableTest {
    private static final Digest DIGEST = Digest.sha256(new byte[0]);

    /** Of the names {@code @} stands for a digest reference in the repository in front of it; {@code ID} asks by ID. */
    @ParameterizedTest(name = "{0}, {1}: rmi {2} {3}")
    @CsvSource({
        // names,      use,     asked,  force, untagged,  deleted or the problem
        "a,            none,    a,      no,    a,         deleted",
        "a b,          none,    a,      no,    a,         stays",
        "a b,          none,    ID,     no,    '',        ImageTagged",
        "a b,          none,    ID,     yes,   a b,       deleted",
        "a,            none,    ID,     no,    a,         deleted",
        "'',           none,    ID,     no,    '',        deleted",
        "a,            stopped, a,      no,    '',        ImageInUse",
        "a,            stopped, a,      yes,   a,         deleted",
        "a b,          stopped, a,      no,    a,         stays",
        "a,            stopped, ID,     no,    '',        ImageInUse",
        "a,            stopped, ID,     yes,   a,         deleted",
        "a,            running, a,      no,    '',        ImageInUse",
        "a,            running, a,      yes,   a,         stays",
        "a,            running, ID,     yes,   '',        ImageInUse",
        "a b,          running, ID,     yes,   '',        ImageInUse",
        "'',           stopped, ID,     no,    '',        ImageInUse",
        "'',           stopped, ID,     yes,   '',        deleted",
        "a a@,         none,    a,      no,    a a@,      deleted",
        "a a@,         none,    a@,     no,    a@,        stays",
        "a@,           none,    a@,     no,    a@,        deleted",
        "a@,           none,    ID,     no,    a@,        deleted",
        "a a@,         none,    ID,     no,    a a@,      deleted",
        "a b@,         none,    a,      no,    a,         stays",
        "a b@,         none,    ID,     no,    '',        ImageTagged",
        "a a:2 a@,     none,    a,      no,    a,         stays",
        "a a:2,        none,    ID,     no,    '',        ImageTagged",
        "a a@,         stopped, a,      no,    '',        ImageInUse",
        "a b a@,       none,    a,      no,    a a@,      stays",
    })
    void removesByTheTable(String names, String use, String asked, String force, String untagged, String end)
            throws IOException {
        List<String> events = new ArrayList<>();
        try (StoreFixture store = new StoreFixture()) {
            Images images = new Images(
                    store.root(),
                    store.layers(),
                    (action, id, name, labels) -> events.add(action.name()),
                    Clock.systemUTC(),
                    "test");
            Image image = images.importTar(
                    new ByteArrayInputStream(new Tar().file("f", "1").bytes()),
                    null,
                    "",
                    RunConfig.empty(),
                    new Platform("linux", "amd64", null));
            for (String name : words(names)) {
                if (name.endsWith("@")) {
                    images.putDigest(image.id(), Reference.parseNormalized(full(name)));
                } else {
                    images.tag(image.id().toString(), Reference.parseNormalized(name));
                }
            }
            events.clear();
            ImageUsers users =
                    id -> use.equals("none") ? List.of() : List.of(new ImageUsers.Use("c1", use.equals("running")));
            String text = asked.equals("ID") ? image.id().digest().shortHex() : full(asked);
            List<Removed> removed = List.of();
            String outcome;
            try {
                removed = images.remove(text, force.equals("yes"), false, users);
                outcome = images.find(image.id()) == null ? "deleted" : "stays";
            } catch (EngineException e) {
                outcome = e.problem().getClass().getSimpleName();
            }
            assertThat(outcome).isEqualTo(end);
            List<Removed> expected = new ArrayList<>();
            for (String name : words(untagged)) {
                expected.add(
                        new Removed.Untagged(name.endsWith("@") || name.contains(":") ? full(name) : name + ":latest"));
            }
            long goneNames = expected.size();
            if (end.equals("deleted")) {
                expected.add(new Removed.Deleted(image.id().toString()));
                expected.add(new Removed.Deleted(image.chainId().toString()));
                store.assertEmpty();
            }
            assertThat(removed).isEqualTo(expected);
            assertThat(events.stream().filter("DELETE"::equals)).hasSize(end.equals("deleted") ? 1 : 0);
            // Of digests that go along with the last tag Docker says nothing.
            assertThat(events.stream().filter("UNTAG"::equals).count()).isBetween(goneNames > 0 ? 1L : 0L, goneNames);
        }
    }

    @Test
    void aNameGoesBeforeTheDigitsOfAnId() throws IOException {
        try (StoreFixture store = new StoreFixture()) {
            Images images = new Images(
                    store.root(), store.layers(), (action, id, name, labels) -> {}, Clock.systemUTC(), "test");
            Image image = images.importTar(
                    new ByteArrayInputStream(new Tar().file("f", "1").bytes()),
                    Reference.parseNormalized("other"),
                    "",
                    RunConfig.empty(),
                    new Platform("linux", "amd64", null));
            String digits = image.id().digest().hex().substring(0, 6);
            images.tag("other", Reference.parseNormalized(digits));
            assertThat(images.remove(digits, false, false, id -> List.of()))
                    .containsExactly(new Removed.Untagged(digits + ":latest"));
            assertThat(images.get("other").repoTags()).containsExactly("other:latest");
        }
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split(" +"));
    }

    private static String full(String name) {
        return name.endsWith("@") ? name + DIGEST : name;
    }
}
