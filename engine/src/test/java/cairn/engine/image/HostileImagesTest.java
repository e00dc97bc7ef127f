package cairn.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.layer.ScratchVolume;
import cairn.engine.layer.StoreFixture;
import cairn.hostile.HostileImage;
import cairn.hostile.HostileImages;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Image archives that mean harm: refused with nothing left behind, or loaded for what they are. With the daemon's heap, on a small volume. */
@Timeout(60)
class HostileImagesTest {
    private static ScratchVolume volume;
    private static StoreFixture store;
    private static Images images;
    private static int refused;
    private static int loaded;

    @BeforeAll
    static void open() throws IOException {
        volume = new ScratchVolume(128);
        store = new StoreFixture(volume.path());
        images = new Images(store.root(), store.layers(), (action, id, name, labels) -> {}, ImagesTest.CLOCK, "test");
    }

    @AfterAll
    static void close() throws IOException {
        System.out.println("FIGURE hostile image archives = " + refused + " refused, " + loaded + " harmless");
        store.close();
        volume.close();
    }

    static List<HostileImage> archiveIsRefusedOrHarmless() {
        return HostileImages.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void archiveIsRefusedOrHarmless(HostileImage archive) throws Exception {
        long used = volume.used();
        Throwable thrown = catchThrowable(() -> {
            try (InputStream in = archive.source().open()) {
                images.load(in, null, (id, current, total) -> {});
            }
        });
        for (Image image : List.copyOf(images.list())) {
            images.remove(image.id().toString(), true, false, ImagesTest.NOBODY);
        }
        if (archive.isRefused()) {
            refused++;
            assertThat(thrown)
                    .as("%s", archive)
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(words(e)).as("%s", archive).contains(archive.says()));
        } else {
            loaded++;
            assertThat(thrown).as("%s", archive).isNull();
        }
        store.root().trash().drain();
        store.assertEmpty();
        assertThat(volume.used()).as("%s: bytes in use", archive).isLessThan(used + (1 << 20));
    }

    private static String words(EngineException e) {
        return switch (e.problem()) {
            case Problem.BadArchive bad -> bad.entry() + ": " + bad.why();
            case Problem.DiskFull full -> full.what() + ": No space left";
            default -> throw new AssertionError(e.problem().toString(), e);
        };
    }
}
