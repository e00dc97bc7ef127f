package cairn.engine.explain;

import cairn.engine.layer.StoreFixture;
import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Small trees with everything that overlayfs knows: few names, so that layers meet often. */
public final class RandomLayers implements AutoCloseable {
    static final List<String> NAMES = List.of("a", "b", "c");
    private static final int DEPTH = 3;

    private final RandomGenerator random;
    private final Path directory;
    public final List<Path> layers = new ArrayList<>();

    public RandomLayers(RandomGenerator random, int count) throws IOException {
        this.random = random;
        this.directory = Files.createTempDirectory("cairn-layers-").toRealPath();
        Files.createDirectory(mountPoint());
        for (int i = 0; i < count; i++) {
            Path layer = Files.createDirectory(directory.resolve("layer" + i));
            try (DirectoryHandle handle = DirectoryHandle.open(layer)) {
                fill(handle, "layer" + i, 1);
            }
            layers.add(layer);
        }
    }

    public Path mountPoint() {
        return directory.resolve("merged");
    }

    private void fill(DirectoryHandle parent, String path, int depth) throws IOException {
        for (String name : NAMES) {
            switch (random.nextInt(10)) {
                case 0, 1 -> {
                    byte[] content = (path + "/" + name).getBytes(StandardCharsets.UTF_8);
                    try (var file = parent.createFile(name, 0644)) {
                        file.write(content, 0, content.length);
                    }
                }
                case 2 -> parent.mknod(name, FileStatus.S_IFCHR, 0, 0);
                case 3 -> parent.symlink(target(), name);
                case 4, 5, 6 -> {
                    parent.mkdir(name, 0755);
                    try (DirectoryHandle inner = parent.openIn(name)) {
                        if (random.nextInt(4) == 0) {
                            inner.setxattr("trusted.overlay.opaque", new byte[] {'y'});
                        }
                        if (depth < DEPTH) {
                            fill(inner, path + "/" + name, depth + 1);
                        }
                    }
                }
                default -> {
                    // This layer says nothing about the name.
                }
            }
        }
    }

    private String target() {
        StringBuilder target = new StringBuilder(random.nextBoolean() ? "/" : "");
        int names = 1 + random.nextInt(3);
        for (int i = 0; i < names; i++) {
            int which = random.nextInt(NAMES.size() + 1);
            target.append(i == 0 ? "" : "/").append(which == NAMES.size() ? ".." : NAMES.get(which));
        }
        return target.toString();
    }

    /** All paths of these names down to the deepest directory and one further. */
    static List<String> paths() {
        List<String> all = new ArrayList<>();
        List<String> level = List.of("");
        for (int depth = 0; depth <= DEPTH; depth++) {
            List<String> next = new ArrayList<>();
            for (String path : level) {
                NAMES.forEach(name -> next.add(path + "/" + name));
            }
            all.addAll(next);
            level = next;
        }
        return all;
    }

    @Override
    public void close() {
        StoreFixture.delete(directory);
    }
}
