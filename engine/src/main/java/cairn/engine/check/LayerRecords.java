package cairn.engine.check;

import cairn.engine.layer.Layer;
import cairn.oci.ChainId;
import cairn.oci.DiffId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code layerdb/sha256}: each record is complete, says what its name says, and names a parent and a directory that exist. */
final class LayerRecords implements Rule {
    private static final String REMOVING = "-removing";
    private static final String DROP = "drops the record: nothing depends on it";
    private static final String KEEP =
            "nothing: what lies on it would be lost with it; pull or load the image again, then repair";

    @Override
    public void check(Picture store, Relations relations, Findings findings) {
        store.layers().forEach((chain, layer) -> {
            if (chain.endsWith(REMOVING)) {
                findings.add(
                        Kind.LAYER_REMOVED,
                        layer.path(),
                        Owner.NOBODY,
                        "dockerd began to remove this layer and was interrupted",
                        "moves it to the trash",
                        new Action.Discard(layer.path()));
            } else if (Ids.isHex64(chain)) {
                new One(store, relations, findings, chain, layer).check();
            }
        });
    }

    /** The check of one record. */
    private record One(Picture store, Relations relations, Findings findings, String chain, Picture.Folder layer) {

        void check() {
            text();
            chainId();
            size();
            directory();
            tarSplit();
        }

        private Owner owner() {
            return relations.layerOwner(chain);
        }

        /** The files that can be derived from what images say. */
        private void text() {
            Relations.Expected expected = relations.expected(chain);
            DiffId diffId = layer.diffId();
            if (diffId == null) {
                if (expected != null) {
                    found(
                            "diff",
                            "diff ID",
                            new Action.Write(
                                    layer.file("diff"), expected.diffId().toString(), 0644));
                } else if (!layer.has("parent")) {
                    // The chain ID of a lowest layer is its diff ID.
                    found("diff", "diff ID", new Action.Write(layer.file("diff"), "sha256:" + chain, 0644));
                } else {
                    lost(Kind.LAYER_RECORD, "its diff ID is " + state("diff"));
                }
            }
            if (layer.has("parent") && layer.parent() == null) {
                if (expected != null && expected.parent() != null) {
                    found(
                            "parent",
                            "parent",
                            new Action.Write(
                                    layer.file("parent"), expected.parent().toString(), 0644));
                } else {
                    lost(Kind.LAYER_RECORD, "its parent is " + state("parent"));
                }
            }
        }

        private String state(String file) {
            return layer.has(file) ? "not readable" : "missing";
        }

        private void found(String file, String what, Action action) {
            findings.add(
                    Kind.LAYER_RECORD,
                    layer.file(file),
                    owner(),
                    "the layer's " + what + " is " + state(file),
                    "writes it: it follows from other records",
                    action);
        }

        private void chainId() {
            DiffId diffId = layer.diffId();
            ChainId parent = layer.parent();
            if (diffId == null || (layer.has("parent") && parent == null)) {
                return;
            }
            ChainId computed = parent == null ? new ChainId(diffId.digest()) : parent.next(diffId);
            if (!computed.digest().hex().equals(chain)) {
                wrongChain(computed);
            } else if (parent != null
                    && !store.layers().containsKey(parent.digest().hex())) {
                lost(Kind.LAYER_PARENT, "the layer below it, " + parent + ", does not exist");
            }
        }

        private void wrongChain(ChainId computed) {
            Relations.Expected expected = relations.expected(chain);
            String what = "its parent and diff ID make chain " + computed;
            if (expected == null) {
                lost(Kind.LAYER_CHAIN, what);
                return;
            }
            List<Action> actions = new ArrayList<>();
            actions.add(new Action.Write(layer.file("diff"), expected.diffId().toString(), 0644));
            if (expected.parent() != null) {
                actions.add(
                        new Action.Write(layer.file("parent"), expected.parent().toString(), 0644));
            } else {
                actions.add(new Action.Discard(layer.file("parent")));
            }
            findings.add(
                    Kind.LAYER_CHAIN,
                    layer.path(),
                    owner(),
                    what,
                    "writes parent and diff ID as the image's config has them",
                    actions);
        }

        private void size() {
            String size = layer.text("size");
            String directory = layer.cacheId();
            if ((size == null || !size.matches("[0-9]{1,18}")) && directory != null) {
                findings.add(
                        Kind.LAYER_SIZE,
                        layer.file("size"),
                        owner(),
                        "the layer's size is " + state("size"),
                        "measures the layer",
                        new Action.Measure(
                                store.root()
                                        .resolve("overlay2")
                                        .resolve(directory)
                                        .resolve("diff"),
                                layer.file("size")));
            }
        }

        private void directory() {
            Layer known = store.engine().layer(chain);
            String directory = layer.cacheId();
            if (directory == null) {
                if (known != null) {
                    found(
                            "cache-id",
                            "directory name",
                            new Action.Write(layer.file("cache-id"), known.cacheId(), 0644));
                } else {
                    String found = LostDirectory.find(store, relations, chain, layer);
                    if (found != null) {
                        found("cache-id", "directory name", new Action.Write(layer.file("cache-id"), found, 0644));
                    } else {
                        lost(Kind.LAYER_RECORD, "the name of its directory is " + state("cache-id"));
                    }
                }
                return;
            }
            if (known != null && !known.cacheId().equals(directory)) {
                findings.add(
                        Kind.LAYER_DIRECTORY,
                        layer.file("cache-id"),
                        owner(),
                        "the record names overlay2/" + directory + ", but the layer lies in " + known.cacheId(),
                        "writes the right name",
                        new Action.Write(layer.file("cache-id"), known.cacheId(), 0644));
                return;
            }
            if (!store.overlays().containsKey(directory)) {
                String found = LostDirectory.find(store, relations, chain, layer);
                if (found != null) {
                    found("cache-id", "directory name", new Action.Write(layer.file("cache-id"), found, 0644));
                    return;
                }
                lost(Kind.LAYER_DIRECTORY, "its directory overlay2/" + directory + " does not exist");
                return;
            }
            List<String> others = relations.layersOf(directory);
            if (others.size() > 1 && !others.getFirst().equals(chain)) {
                findings.add(
                        Kind.LAYER_SHARED,
                        layer.path(),
                        owner(),
                        "its directory overlay2/" + directory + " is also the one of layer sha256:" + others.getFirst(),
                        "nothing: it cannot be told whose the files are; remove the images of both and pull them again",
                        List.of());
            }
        }

        private void tarSplit() {
            if (!layer.has("tar-split.json.gz")) {
                findings.add(
                        Kind.LAYER_TAR_SPLIT,
                        layer.file("tar-split.json.gz"),
                        owner(),
                        "the layer has no tar-split record",
                        Refetch.words(chain, store),
                        Refetch.actions(chain, store));
            }
        }

        /** An empty directory first, for the files to come into; what else belongs in it is derived in the next round. */
        private List<Action> anew() {
            Action.FetchLayer fetch =
                    (Action.FetchLayer) Refetch.actions(chain, store).getFirst();
            Path directory = store.root().resolve("overlay2").resolve(fetch.cacheId());
            return List.of(
                    new Action.MakeDirectory(directory, 0710),
                    new Action.MakeDirectory(directory.resolve("diff"), 0755),
                    fetch);
        }

        /** Nothing says what it should be: the layer goes if nobody needs it. */
        private void lost(Kind kind, String what) {
            @Nullable Layer known = store.engine().layer(chain);
            boolean fetch = kind == Kind.LAYER_DIRECTORY
                    && !Refetch.actions(chain, store).isEmpty();
            boolean drop = known == null && !relations.isNeeded(chain);
            findings.add(
                    kind,
                    layer.path(),
                    owner(),
                    "the layer's record is damaged: " + what,
                    fetch ? Refetch.words(chain, store) : drop ? DROP : KEEP,
                    fetch ? anew() : drop ? List.of(new Action.Discard(layer.path())) : List.of());
        }
    }
}
