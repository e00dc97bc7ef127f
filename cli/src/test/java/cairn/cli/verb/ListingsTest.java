package cairn.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.cli.show.Listing;
import cairn.cli.show.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The oracle is what Docker's own client 28.2 prints for the same answers. */
class ListingsTest {
    /** Three years and some days after the containers were made; 2026-11-23. */
    private static final long NOW = 1_795_000_000;

    private static final List<String> PS = List.of("ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names");

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = ListingsTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    private static String text(String name) throws IOException {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    private static List<ContainerRow> containers(boolean full) throws IOException {
        List<ContainerRow> rows = new ArrayList<>();
        for (Tree container : Tree.read(bytes("containers.json")).items()) {
            rows.add(new ContainerRow(container, full, NOW));
        }
        return rows;
    }

    private static List<ImageRow> images(boolean digests) throws IOException {
        List<ImageRow> rows = new ArrayList<>();
        for (Tree image : Tree.read(bytes("images.json")).items()) {
            ImageRow.add(rows, image, Map.of(), digests, false, NOW);
        }
        return rows;
    }

    @Test
    void containersLookAsInDocker() throws IOException {
        List<String> withSize = new ArrayList<>(PS);
        withSize.add("Size");
        assertThat(Listing.text(ContainerRow.COLUMNS, containers(false), "", PS))
                .isEqualTo(text("ps.txt"));
        assertThat(Listing.text(ContainerRow.COLUMNS, containers(true), "table", PS))
                .isEqualTo(text("ps-full.txt"));
        assertThat(Listing.text(ContainerRow.COLUMNS, containers(false), "", withSize))
                .isEqualTo(text("ps-size.txt"));
        String template = "table {{.Names}}\\t{{upper .Status}}\\t{{.Label \"a\"}}";
        assertThat(Listing.text(ContainerRow.COLUMNS, containers(false), template, PS))
                .isEqualTo(text("ps-template.txt"));
    }

    @Test
    void imagesLookAsInDocker() throws IOException {
        List<String> columns = List.of("Repository", "Tag", "ID", "CreatedSince", "Size");
        List<String> digests = List.of("Repository", "Tag", "Digest", "ID", "CreatedSince", "Size");
        assertThat(Listing.text(ImageRow.COLUMNS, images(false), "", columns)).isEqualTo(text("images.txt"));
        assertThat(Listing.text(ImageRow.COLUMNS, images(true), "", digests)).isEqualTo(text("images-digests.txt"));
    }

    @Test
    void everyColumnIsInTheJson() throws IOException {
        String json = Listing.text(ContainerRow.COLUMNS, containers(false), "json", PS);
        assertThat(Tree.read(json.lines().findFirst().orElseThrow().getBytes(StandardCharsets.UTF_8))
                        .members()
                        .keySet())
                .containsExactly(
                        "Command",
                        "CreatedAt",
                        "ID",
                        "Image",
                        "Labels",
                        "LocalVolumes",
                        "Mounts",
                        "Names",
                        "Networks",
                        "Ports",
                        "RunningFor",
                        "Size",
                        "State",
                        "Status");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|''",
                "{\"PrivatePort\":80,\"Type\":\"tcp\"}|80/tcp",
                "{\"IP\":\"0.0.0.0\",\"PrivatePort\":80,\"PublicPort\":8080,\"Type\":\"tcp\"}|0.0.0.0:8080->80/tcp",
                "{\"IP\":\"::\",\"PrivatePort\":80,\"PublicPort\":8080,\"Type\":\"tcp\"}|[::]:8080->80/tcp",
                "{\"PrivatePort\":80,\"Type\":\"tcp\"},{\"PrivatePort\":81,\"Type\":\"tcp\"},{\"PrivatePort\":83,\"Type\":\"tcp\"}|80-81/tcp, 83/tcp",
                "{\"IP\":\"0.0.0.0\",\"PrivatePort\":90,\"PublicPort\":90,\"Type\":\"tcp\"},{\"IP\":\"0.0.0.0\",\"PrivatePort\":91,\"PublicPort\":91,\"Type\":\"tcp\"}|0.0.0.0:90-91->90-91/tcp",
            })
    void neighbouringPortsAreShownAsRanges(String ports, String expected) {
        String json = ports.equals("{}") ? "[]" : "[" + ports + "]";
        assertThat(PortList.shown(
                        Tree.read(json.getBytes(StandardCharsets.UTF_8)).items()))
                .isEqualTo(expected);
    }
}
