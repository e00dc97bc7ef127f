package cairn.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.wire.explain.DifferentPath;
import cairn.wire.explain.ImageDifference;
import cairn.wire.upkeep.GcDecision;
import cairn.wire.upkeep.GcReport;
import cairn.wire.upkeep.ImageTree;
import cairn.wire.upkeep.TreeImage;
import cairn.wire.upkeep.TreeLayer;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpkeepPictureTest {
    private static final String ID = "sha256:" + "ab".repeat(32);

    @Test
    void imagesHangOnTheLayersThatTheyShare() {
        ImageTree tree = new ImageTree(
                1111,
                List.of(
                        new TreeLayer("c1", "", "d1", 1000),
                        new TreeLayer("c2", "c1", "d2", 100),
                        new TreeLayer("c3", "c2", "d3", 10),
                        new TreeLayer("c4", "c2", "d4", 1)),
                List.of(
                        new TreeImage(
                                ID,
                                List.of("base:1", "base@sha256:abab"),
                                "c2",
                                1100,
                                0,
                                "2026-01-01T00:00:00Z",
                                List.of(),
                                ""),
                        new TreeImage(
                                ID, List.of("a:1", "a:2"), "c3", 1110, 10, "2026-01-01T01:00:00Z", List.of("web"), ""),
                        new TreeImage(
                                ID,
                                List.of("x@sha256:abab"),
                                "c4",
                                1101,
                                1,
                                "2026-01-01T02:00:00Z",
                                List.of(),
                                "pinned by its ID")));
        assertThat(TreePicture.of(tree, 1_767_225_600L + 3 * 3600)).isEqualTo("""
                1.1kB in 2 layers
                │ ● base:1  abababababab  1.1kB, 0B its own, used 3 hours ago
                ├─ 10B in 1 layer
                │    ● a:1, a:2  abababababab  1.11kB, 10B its own, used 2 hours ago, in web
                └─ 1B in 1 layer
                     ● x@sha256:abab  abababababab  1.1kB, 1B its own, used About an hour ago, pinned by its ID
                3 images, 4 layers, 1.11kB
                """);
    }

    @Test
    void differencesAreSummedUpAndListed() {
        ImageDifference difference = new ImageDifference(
                "a:1",
                "a:2",
                1,
                1,
                1,
                5,
                7,
                -2,
                List.of(
                        new DifferentPath("changed", "/etc/x", "file", "content", 4, 2, 0, "RUN x"),
                        new DifferentPath("removed", "/gone", "file", "", 7, 0, 3, ""),
                        new DifferentPath("added", "/new", "directory", "", 0, 0, 1, "COPY y")),
                "");
        assertThat(DifferencePicture.of(difference)).isEqualTo("""
                From a:1 to a:2
                  added         1 path, 5B
                  removed       1 path, 7B
                  changed       1 path, -2B

                C /etc/x  4B to 2B  content  layer 0: RUN x
                D /gone   7B                 layer 3
                A /new/                      layer 1: COPY y
                """);
        assertThat(DifferencePicture.of(new ImageDifference("a", "b", 0, 0, 0, 0, 0, 0, List.of(), "")))
                .isEqualTo("From a to b\n  no difference in files\n");
    }

    @Test
    void eachImageHasItsReason() {
        GcReport report = new GcReport(
                true,
                1000,
                1500,
                1000,
                List.of(
                        new GcDecision(
                                ID, List.of("old:1", "old@sha256:abab"), true, "not used since then", 500, 900, ""),
                        new GcDecision(ID, List.of("web:1"), false, "in use by container web", 100, 1000, "")));
        assertThat(GcPicture.of(report)).isEqualTo("""
                would go  old:1  abababababab  frees 500B  not used since then
                stays     web:1  abababababab              in use by container web
                1.5kB would become 1kB of 1kB
                """);
    }
}
