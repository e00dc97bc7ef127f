package cairn.engine.check;

import cairn.engine.layer.LayerAudit;
import cairn.engine.layer.LayerFault;
import cairn.oci.DiffId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is in one layer, against its tar-split record, its diff ID and its size. */
final class LayerContents {
    private final Picture store;
    private final Relations relations;
    private final boolean contents;

    /** @param contents whether files are read, too */
    LayerContents(Picture store, Relations relations, boolean contents) {
        this.store = store;
        this.relations = relations;
        this.contents = contents;
    }

    /** Nothing for a layer that other rules have found to be incomplete. */
    List<Finding> check(String chain, Picture.Folder layer) throws IOException {
        Findings findings = new Findings(store.root());
        String directory = layer.cacheId();
        DiffId diffId = layer.diffId();
        Path record = layer.file("tar-split.json.gz");
        if (directory == null || diffId == null || !layer.has("tar-split.json.gz")) {
            return List.of();
        }
        Path diff = store.root().resolve("overlay2").resolve(directory).resolve("diff");
        if (!Files.isDirectory(diff)) {
            return List.of();
        }
        LayerAudit.Result result = LayerAudit.compare(diff, record, diffId, contents);
        for (LayerFault fault : result.faults()) {
            fault(chain, diff, record, fault, findings);
        }
        String size = layer.text("size");
        boolean whole = result.faults().stream().allMatch(fault -> fault.kind() == LayerFault.Kind.METADATA);
        if (whole && size != null && size.matches("[0-9]{1,18}") && Long.parseLong(size) != result.size()) {
            findings.add(
                    Kind.LAYER_SIZE,
                    layer.file("size"),
                    relations.layerOwner(chain),
                    "the record says " + size + " bytes, the layer has " + result.size(),
                    "writes the right size",
                    new Action.Write(layer.file("size"), Long.toString(result.size()), 0644));
        }
        return findings.list();
    }

    private void fault(String chain, Path diff, Path record, LayerFault fault, Findings findings) {
        Path path = fault.path().isEmpty() ? store.layerPath(chain) : diff.resolve(fault.path());
        Owner owner = relations.layerOwner(chain);
        String what = (fault.path().isEmpty() ? "the layer " : "/" + fault.path() + " ") + fault.what();
        List<Action> fetch = Refetch.actions(chain, store);
        Action restore = new Action.Restore(diff, record);
        switch (fault.kind()) {
            case METADATA ->
                findings.add(
                        Kind.LAYER_METADATA, path, owner, what, "sets it as the layer's own record has it", restore);
            case EXTRA -> {
                // Taking it away changes the time of its directory.
                List<Action> actions = new ArrayList<>(List.of(new Action.Discard(path)));
                actions.add(restore);
                findings.add(Kind.LAYER_EXTRA, path, owner, what, "moves it to the trash", actions);
            }
            case MISSING -> {
                List<Action> actions = new ArrayList<>(fetch);
                if (actions.isEmpty()) {
                    actions.add(restore);
                }
                findings.add(
                        Kind.LAYER_MISSING,
                        path,
                        owner,
                        what,
                        fetch.isEmpty()
                                ? "makes it again if it had no content; content is in no record: " + words(chain)
                                : Refetch.words(chain, store),
                        actions);
            }
            case CONTENT -> findings.add(Kind.LAYER_CONTENT, path, owner, what, words(chain), fetch);
            case DIGEST -> findings.add(Kind.LAYER_DIGEST, path, owner, what, words(chain), fetch);
            case RECORD -> findings.add(Kind.LAYER_TAR_SPLIT, path, owner, what, words(chain), fetch);
        }
    }

    private String words(String chain) {
        return Refetch.words(chain, store);
    }
}
