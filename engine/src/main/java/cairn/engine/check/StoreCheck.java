package cairn.engine.check;

import cairn.engine.image.Images;
import cairn.engine.layer.Layers;
import cairn.engine.store.DataRoot;
import cairn.oci.ChainId;
import cairn.oci.Digest;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Checks the store of a running engine. Nothing is stopped for it: what looks wrong is looked at again until it has gone or stayed, and a
 * layer is held while it is compared, so that work in flight gives no alarm.
 */
public final class StoreCheck {
    private static final int LOOKS = 3;

    private final DataRoot root;
    private final Layers layers;
    private final Images images;
    private final LayerSource source;
    private final Duration between;
    private final List<Rule> rules;

    /** @param between how long to wait before what looks wrong is looked at again */
    public StoreCheck(DataRoot root, Layers layers, Images images, LayerSource source, Clock clock, Duration between) {
        this.root = root;
        this.layers = layers;
        this.images = images;
        this.source = source;
        this.between = between;
        this.rules = List.of(
                new Places(),
                new UnknownFiles(),
                new LayerRecords(),
                new LayerUse(),
                new LayerDirectories(),
                new ShortLinks(),
                new ImageFiles(),
                new ImageNames(),
                new RegistryCache(),
                new ContainerRecords(),
                new Leftovers(clock));
    }

    /** Is told how far a check is. */
    @FunctionalInterface
    public interface Progress {
        /** @param layer hexadecimal digits of the layer that was compared last; empty before the first */
        void compared(int done, int total, String layer);
    }

    /**
     * The result of a check.
     *
     * @param findings worst first
     * @param owners who has how many bytes
     */
    public record Report(List<Finding> findings, int layers, int images, int containers, List<Inventory.Share> owners) {
        public Report {
            findings = List.copyOf(findings);
            owners = List.copyOf(owners);
        }
    }

    /** @param contents whether the content of files in layers is read and digested; takes as long as reading them */
    public Report check(boolean contents, Progress progress) throws IOException, InterruptedException {
        List<Finding> findings = new ArrayList<>(structure());
        Picture store = look();
        Relations relations = new Relations(store);
        LayerContents comparison = new LayerContents(store, relations, contents);
        int total = store.layers().size();
        int done = 0;
        progress.compared(done, total, "");
        for (Map.Entry<String, Picture.Folder> layer : store.layers().entrySet()) {
            findings.addAll(held(comparison, layer.getKey(), layer.getValue()));
            progress.compared(++done, total, layer.getKey());
        }
        findings.sort(Comparator.<Finding, Severity>comparing(
                        finding -> finding.kind().severity())
                .thenComparing(Finding::kind)
                .thenComparing(Finding::path));
        return new Report(
                findings, total, store.images().size(), store.containers().size(), Inventory.of(store, relations));
    }

    private List<Finding> held(LayerContents comparison, String chain, Picture.Folder layer) throws IOException {
        ChainId id = Ids.isHex64(chain) ? new ChainId(new Digest("sha256", chain)) : null;
        if (id == null) {
            return List.of();
        }
        // One that the engine does not know has no other user who could remove it.
        boolean known = layers.find(id) != null;
        if (known && !layers.retainIfKnown(id)) {
            return List.of();
        }
        try {
            return comparison.check(chain, layer);
        } catch (IOException e) {
            if (known) {
                throw e;
            }
            return List.of(); // Removed since the picture was taken.
        } finally {
            if (known) {
                layers.release(id);
            }
        }
    }

    /** What all looks agree on. */
    private List<Finding> structure() throws InterruptedException {
        List<Finding> findings = once();
        for (int look = 1; look < LOOKS && !findings.isEmpty(); look++) {
            Thread.sleep(between);
            List<Finding> again = once();
            List<Finding> before = findings;
            findings = again.stream()
                    .filter(finding -> before.stream().anyMatch(finding::sameAs))
                    .toList();
        }
        return findings;
    }

    private List<Finding> once() {
        Picture store = look();
        Relations relations = new Relations(store);
        Findings findings = new Findings(root.path());
        for (Rule rule : rules) {
            rule.check(store, relations, findings);
        }
        return findings.list();
    }

    private Picture look() {
        return new PictureReader(root)
                .read(new Knowledge(layers, images, source, root.path().resolve("buildkit")));
    }
}
