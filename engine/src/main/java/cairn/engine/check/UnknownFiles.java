package cairn.engine.check;

import cairn.engine.store.DataRoot;
import cairn.linux.DirectoryHandle;
import cairn.linux.LinuxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Each name in the directories of the layout is one that some engine gives. What is in dockerd's own directories is dockerd's. */
final class UnknownFiles implements Rule {
    /** Directories of dockerd that Cairn has no part in. */
    static final Set<String> DOCKERD = Set.of(
            "buildkit",
            "builder",
            "containerd",
            "network",
            "plugins",
            "swarm",
            "trust",
            "runtimes",
            "tmp",
            "rootfs",
            "checkpoints",
            "engine-id",
            "key.json",
            "vfs",
            "aufs",
            "btrfs",
            "zfs",
            "devicemapper",
            "fuse-overlayfs",
            "windowsfilter",
            "overlay",
            "stargz",
            "netns",
            "discovery_certs",
            // Of a file system's own root.
            "lost+found");

    private static final String DRIVER = "image/overlay2";
    private static final Map<String, Set<String>> KNOWN = known();

    /** By directory: what has a name of its own there. In all others names are ids and digests, or another engine's. */
    private static Map<String, Set<String>> known() {
        Map<String, Set<String>> known = new HashMap<>();
        known.put("", new HashSet<>());
        known.put(DRIVER, new HashSet<>(Set.of("repositories.json")));
        known.put(DRIVER + "/imagedb", new HashSet<>());
        known.put(DRIVER + "/imagedb/content", new HashSet<>());
        known.put(DRIVER + "/imagedb/metadata", new HashSet<>());
        known.put(DRIVER + "/layerdb", new HashSet<>());
        known.put(DRIVER + "/distribution", new HashSet<>());
        known.put("cairn", new HashSet<>(Set.of("events", "lock", "bound", "pins.json", "last-used.json")));
        for (DataRoot.Place place : DataRoot.places()) {
            int slash = place.path().lastIndexOf('/');
            Set<String> names = known.get(slash < 0 ? "" : place.path().substring(0, slash));
            if (names != null) {
                names.add(place.path().substring(slash + 1));
            }
        }
        return known;
    }

    @Override
    public void check(Picture store, Relations relations, Findings findings) {
        KNOWN.forEach((place, names) -> {
            Path path = place.isEmpty() ? store.root() : store.root().resolve(place);
            for (String name : names(path)) {
                if (!names.contains(name)
                        && !name.startsWith("repositories.json.damaged")
                        && !(place.isEmpty() && DOCKERD.contains(name))) {
                    unknown(path.resolve(name), findings);
                }
            }
        });
        strays(store.root().resolve(DRIVER + "/layerdb/sha256"), store.layers().keySet(), findings);
        strays(store.root().resolve(DRIVER + "/layerdb/mounts"), store.mounts().keySet(), findings);
        strays(store.root().resolve("containers"), store.containers().keySet(), findings);
        strays(
                store.root().resolve(DRIVER + "/imagedb/content/sha256"),
                store.images().keySet(),
                findings);
        strays(
                store.root().resolve(DRIVER + "/imagedb/metadata/sha256"),
                store.metadata().keySet(),
                findings);
        store.layers().forEach((chain, layer) -> {
            if (!Ids.isHex64(chain) && !chain.endsWith("-removing")) {
                unknown(layer.path(), findings);
            }
        });
        overlay2(store, relations, findings);
    }

    /** BuildKit's directories have names of their own, and the driver keeps a device node for quotas here. */
    private static void overlay2(Picture store, Relations relations, Findings findings) {
        boolean builder = names(store.root()).contains("buildkit");
        Path path = store.root().resolve("overlay2");
        for (String name : names(path)) {
            boolean known = name.equals("l")
                    || name.equals("backingFsBlockDev")
                    || relations.isOwned(name)
                    || (store.overlays().containsKey(name)
                            && (LayerDirectories.isLayerName(name)
                                    || builder
                                    || store.engine().isUnderway(name)));
            if (!known) {
                unknown(path.resolve(name), findings);
            }
        }
    }

    /** Files among directories, and the other way round. */
    private static void strays(Path path, Set<String> known, Findings findings) {
        for (String name : names(path)) {
            if (!known.contains(name)) {
                unknown(path.resolve(name), findings);
            }
        }
    }

    private static void unknown(Path path, Findings findings) {
        findings.add(
                Kind.UNKNOWN_FILE,
                path,
                Owner.NOBODY,
                "neither engine gives a file here this name",
                "nothing: somebody has put it there",
                List.of());
    }

    private static List<String> names(Path path) {
        try (DirectoryHandle directory = DirectoryHandle.open(path)) {
            return directory.list();
        } catch (LinuxException e) {
            return List.of();
        }
    }
}
