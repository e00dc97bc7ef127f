package cairn.hostile;

import cairn.hostile.HostileLayer.Source;
import cairn.hostile.HostileLayer.Verdict;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects a family's cases. */
final class Cases {
    /** An absolute path outside of every layer: a directory with {@code file} and the directory {@code inner} in it. */
    final String canary;
    /** The same, climbing from wherever one is. */
    final String up;

    private final String family;
    private final List<HostileLayer> all = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    Cases(String family, String canary) {
        this.family = family;
        this.canary = canary;
        this.up = "../".repeat(30) + canary.substring(1);
    }

    static List<Character> each(String letters) {
        return letters.chars().mapToObj(c -> (char) c).toList();
    }

    /** A new archive that begins with an honest file, so that there is something to be removed again. */
    RawTar tar() {
        return new RawTar().file("before", "x");
    }

    /** Refused for its last entry. */
    void refused(String name, RawTar tar) {
        refused(name, tar.last(), tar);
    }

    /** @param entry what the message names; null where no entry is at fault */
    void refused(String name, @Nullable String entry, RawTar tar) {
        refused(name, entry, tar.end());
    }

    void refused(String name, @Nullable String entry, byte[] archive) {
        refused(name, entry, () -> new ByteArrayInputStream(archive));
    }

    void refused(String name, @Nullable String entry, Source source) {
        add(new HostileLayer(family, name, Verdict.REFUSED, entry, source, Map.of(), false));
    }

    /**
     * Taken, and harmless.
     *
     * @param holds path, what is there, path, what is there: {@code file TEXT}, {@code link TARGET}, {@code dir}, {@code node} (of any
     *     kind), {@code whiteout}, {@code opaque} (a directory that hides what lies below), {@code absent}, {@code any}, {@code mode 0755}, {@code xattrs a b}
     */
    void confined(String name, RawTar tar, String... holds) {
        byte[] archive = tar.end();
        confined(name, archive, holds);
    }

    void confined(String name, byte[] archive, String... holds) {
        Source source = () -> new ByteArrayInputStream(archive);
        add(new HostileLayer(family, name, Verdict.CONFINED, null, source, map(holds), true));
    }

    /** As {@code confined}, without the file {@code before}; its bytes are not asked for again. */
    void swallowed(String name, Source source) {
        add(new HostileLayer(family, name, Verdict.CONFINED, null, source, Map.of(), false));
    }

    private static Map<String, String> map(String... holds) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < holds.length; i += 2) {
            map.put(holds[i], holds[i + 1]);
        }
        return map;
    }

    private void add(HostileLayer layer) {
        if (!names.add(layer.name())) {
            throw new IllegalStateException("two cases " + layer);
        }
        all.add(layer);
    }

    List<HostileLayer> all() {
        return all;
    }
}
