package cairn.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.wire.Json;
import cairn.wire.explain.ContainerExplanation;
import cairn.wire.explain.ImageExplanation;
import cairn.wire.explain.LinkHop;
import cairn.wire.explain.PathExplanation;
import cairn.wire.explain.PathLayer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PictureTest {
    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = PictureTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    @Test
    void aContainerIsDrawnFromItsTopLayerToItsPrivileges() throws IOException {
        String picture = ContainerPicture.of(Json.read(ContainerExplanation.class, bytes("container.json")));
        assertThat(picture).isEqualTo(new String(bytes("container.txt"), StandardCharsets.UTF_8));
    }

    @Test
    void aStoppedContainerLeavesOutWhatOnlyARunningOneHas() {
        byte[] json = "{\"Name\":\"/web\",\"Status\":\"exited\",\"Overlay\":{}}".getBytes(StandardCharsets.UTF_8);
        String picture = ContainerPicture.of(Json.read(ContainerExplanation.class, json));
        assertThat(picture)
                .contains("The mount that will join them")
                .doesNotContain("Namespaces", "Processes", "Cgroups", "Mounts inside", "What it may do", "pid on host");
    }

    @Test
    void stepsWithoutALayerAreToldFromThoseWithOne() {
        byte[] json = """
                {"Id":"sha256:1","Names":["a:1"],"Size":0,"Layers":[],"History":[
                {"CreatedBy":"ADD x","EmptyLayer":false,"DiffId":"sha256:0123456789abcdef"},
                {"CreatedBy":"CMD\\t[x]","EmptyLayer":true,"DiffId":""}]}""".getBytes(StandardCharsets.UTF_8);
        assertThat(ImagePicture.of(Json.read(ImageExplanation.class, json)))
                .contains("  sha256:0123456789ab  ADD x\n", "  config only          CMD [x]\n");
    }

    @Test
    void aPathNamesItsSupplierAndWhatThatHides() {
        PathLayer top =
                new PathLayer(0, "writable", "AAA", "", "", "/etc/x", "/up/etc/x", "file", 5, 0644, "", "supplies", "");
        PathLayer low = new PathLayer(
                2,
                "image",
                "BBB",
                "sha256:1",
                "ADD x",
                "/etc/x",
                "/low/etc/x",
                "file",
                7,
                0644,
                "",
                "hidden",
                "covered by layer 0");
        PathExplanation path = new PathExplanation(
                "/e/x",
                "/etc/x",
                true,
                "file",
                5,
                List.of(new LinkHop("/e", "etc", "BBB")),
                top,
                "copied up",
                null,
                List.of(top, low),
                List.of(),
                null,
                "",
                "/etc/x was copied up");
        assertThat(PathPicture.of(path))
                .startsWith("/etc/x was copied up\n")
                .contains(
                        "  /e is a link to etc, in layer BBB\n",
                        "  resolved      /etc/x\n",
                        "  supplied by   layer 0, writable, AAA\n",
                        "  change        copied up\n",
                        "hidden (covered by layer 0)",
                        "/low/etc/x");
    }
}
