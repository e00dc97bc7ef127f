package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Checks what a table of hostile layers says that a confined one holds. */
final class LayerFacts implements AutoCloseable {
    private final InRoot layer;

    LayerFacts(Layer layer) {
        this.layer = InRoot.open(layer.diff());
    }

    void check(Map<String, String> holds) throws IOException {
        for (Map.Entry<String, String> one : holds.entrySet()) {
            check(one.getKey(), one.getValue());
        }
    }

    private void check(String path, String what) throws IOException {
        FileStatus status = layer.statusNoFollow(path);
        if (what.equals("absent")) {
            assertThat(status).as(path).isNull();
            return;
        }
        assertThat(status).as("status of %s", path).isNotNull();
        String[] words = what.split(" ", 2);
        switch (words[0]) {
            case "any" -> {}
            case "file" -> {
                assertThat(status.type()).as("type of %s", path).isEqualTo(FileStatus.S_IFREG);
                assertThat(new String(layer.readSmallFile(path, 1000), StandardCharsets.UTF_8))
                        .as("content of %s", path)
                        .isEqualTo(words[1]);
            }
            case "size" -> {
                assertThat(status.size()).as("size of %s", path).isEqualTo(Long.parseLong(words[1]));
            }
            case "link" ->
                assertThat(layer.readlink(path)).as("target of %s", path).isEqualTo(words[1]);
            case "dir" ->
                assertThat(status.isDirectory()).as("%s is a directory", path).isTrue();
            case "node" ->
                assertThat(status.isRegular() || status.isDirectory() || status.isLink() || status.isWhiteout())
                        .as("%s is a plain file", path)
                        .isFalse();
            case "whiteout" ->
                assertThat(status.isWhiteout()).as("%s is a whiteout", path).isTrue();
            case "opaque" ->
                assertThat(attributes(path)).as("attributes of %s", path).contains(Overlay.OPAQUE);
            case "mode" ->
                assertThat(status.permissions()).as("mode of %s", path).isEqualTo(Integer.parseInt(words[1], 8));
            case "xattrs" ->
                assertThat(attributes(path))
                        .as("attributes of %s", path)
                        .containsExactlyElementsOf(words.length == 1 ? List.of() : Arrays.asList(words[1].split(" ")));
            default -> throw new IllegalArgumentException(what);
        }
    }

    private List<String> attributes(String path) {
        if (path.equals(".")) {
            try (DirectoryHandle root = layer.openDirectory(".")) {
                return List.copyOf(root.getxattrs().keySet());
            }
        }
        int slash = path.lastIndexOf('/');
        try (DirectoryHandle parent = layer.openDirectory(slash < 0 ? "." : path.substring(0, slash))) {
            return List.copyOf(parent.getxattrs(path.substring(slash + 1)).keySet());
        }
    }

    @Override
    public void close() {
        layer.close();
    }
}
