package cairn.engine.check;

import cairn.oci.ChainId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code overlay2}: each directory belongs to a layer or a container, and has in it what its driver needs. */
final class LayerDirectories implements Rule {
    private static final int MODE = 0710;

    /** What dockerd may keep in a directory beside these is its own. */
    private static final List<String> KNOWN = List.of("diff", "link", "lower", "work", "merged", "committed");

    @Override
    public void check(Picture store, Relations relations, Findings findings) {
        store.overlays().forEach((id, overlay) -> {
            if (store.engine().isUnderway(id)) {
                return;
            }
            if (relations.isOwned(id)) {
                new One(store, relations, findings, id, overlay).check();
            } else if (isLayerName(id) && !store.engine().builderClaims(id)) {
                unowned(store, id, overlay, findings);
            }
        });
    }

    /** As both engines name them; BuildKit's names are shorter. */
    static boolean isLayerName(String id) {
        return Ids.isHex64(id.endsWith("-init") ? id.substring(0, id.length() - "-init".length()) : id);
    }

    private static void unowned(Picture store, String id, Picture.Folder overlay, Findings findings) {
        List<Action> actions = new ArrayList<>();
        for (Map.Entry<String, String> link : store.links().entrySet()) {
            if (link.getValue().equals(Relations.target(id))) {
                actions.add(new Action.Discard(store.linkPath(link.getKey())));
            }
        }
        actions.add(new Action.Discard(overlay.path()));
        boolean nobodys = LostDirectory.nobodyLooksForOne(store);
        findings.add(
                Kind.DIRECTORY_UNOWNED,
                overlay.path(),
                Owner.NOBODY,
                "no record of a layer or container names the directory",
                nobodys
                        ? "moves it to the trash, with its short name"
                        : "nothing yet: some record has lost the name of its directory, and this may be the one",
                nobodys ? actions : List.of());
    }

    /** The check of one directory. */
    private record One(Picture store, Relations relations, Findings findings, String id, Picture.Folder overlay) {

        void check() {
            mode();
            diff();
            pile();
            committed();
            unknown();
        }

        private void mode() {
            if ((overlay.mode() & ~MODE) != 0) {
                findings.add(
                        Kind.DIRECTORY_MODE,
                        overlay.path(),
                        relations.ownerOf(id),
                        "the directory has mode %04o, wider than %04o".formatted(overlay.mode(), MODE),
                        "sets the mode",
                        new Action.Mode(overlay.path(), MODE));
            }
        }

        private void diff() {
            if (overlay.has("diff")) {
                return;
            }
            List<String> chains = relations.layersOf(id);
            List<Action> actions = List.of();
            String words = "makes an empty one: what the container has written is lost";
            if (!chains.isEmpty()) {
                List<Action> fetch = Refetch.actions(chains.getFirst(), store);
                if (!fetch.isEmpty()) {
                    actions = List.of(new Action.MakeDirectory(overlay.file("diff"), 0755), fetch.getFirst());
                }
                words = Refetch.words(chains.getFirst(), store);
            } else {
                actions = List.of(new Action.MakeDirectory(overlay.file("diff"), 0755));
            }
            findings.add(
                    Kind.DIFF_MISSING,
                    overlay.file("diff"),
                    relations.ownerOf(id),
                    "the directory with the files is missing",
                    words,
                    actions);
        }

        /** What it lies on, as the driver's own file has it. */
        private void pile() {
            List<String> chains = relations.layersOf(id);
            String wanted = chains.isEmpty() ? containerLower() : layerLower(chains.getFirst());
            if (wanted == null) {
                return; // Something below is missing, and that is told where it is missing.
            }
            String actual = overlay.text("lower");
            if (wanted.isEmpty()) {
                if (overlay.has("lower")) {
                    findings.add(
                            Kind.LOWER,
                            overlay.file("lower"),
                            relations.ownerOf(id),
                            "a lowest layer says that it lies on others",
                            "moves the file to the trash",
                            new Action.Discard(overlay.file("lower")));
                }
                return;
            }
            if (!wanted.equals(actual)) {
                findings.add(
                        Kind.LOWER,
                        overlay.file("lower"),
                        relations.ownerOf(id),
                        actual == null
                                ? "the list of the layers below is missing"
                                : "the list of the layers below is not the one that the records give",
                        "writes the list",
                        new Action.Write(overlay.file("lower"), wanted, 0644));
            }
            if (!overlay.has("work")) {
                findings.add(
                        Kind.WORK_MISSING,
                        overlay.file("work"),
                        relations.ownerOf(id),
                        "the directory in which overlayfs works is missing",
                        "makes it",
                        new Action.MakeDirectory(overlay.file("work"), 0700));
            }
        }

        private @Nullable String layerLower(String chain) {
            Relations.Expected expected = relations.expected(chain);
            Picture.Folder layer = store.layers().get(chain);
            ChainId parent = expected != null ? expected.parent() : layer == null ? null : layer.parent();
            return relations.lower(parent);
        }

        private @Nullable String containerLower() {
            String container = relations.containerOf(id);
            Picture.Folder mount = container == null ? null : store.mounts().get(container);
            if (mount == null || (mount.has("parent") && mount.parent() == null)) {
                return null;
            }
            String below = relations.lower(mount.parent());
            if (below == null || id.endsWith("-init")) {
                return below;
            }
            String init = relations.linkName(id + "-init");
            return init.isEmpty() ? null : "l/" + init + (below.isEmpty() ? "" : ":" + below);
        }

        private void committed() {
            boolean init = relations.containerOf(id) != null && id.endsWith("-init");
            boolean below = relations.layersOf(id).stream().anyMatch(relations::isBelowOthers);
            if ((init || below) && !overlay.has("committed")) {
                findings.add(
                        Kind.COMMITTED_MISSING,
                        overlay.file("committed"),
                        relations.ownerOf(id),
                        "the mark that others lie on it is missing",
                        "sets the mark",
                        new Action.Write(overlay.file("committed"), "", 0600));
            }
        }

        private void unknown() {
            for (String name : overlay.names()) {
                if (!KNOWN.contains(name)) {
                    findings.add(
                            Kind.UNKNOWN_FILE,
                            overlay.file(name),
                            Owner.NOBODY,
                            "neither engine keeps a file of this name in a layer's directory",
                            "nothing: somebody has put it there",
                            List.of());
                }
            }
        }
    }
}
