package cairn.engine.check;

import cairn.engine.error.EngineException;
import cairn.engine.image.Image;
import cairn.engine.image.Images;
import cairn.engine.layer.LayerAudit;
import cairn.engine.layer.LayerRestore;
import cairn.engine.layer.Layers;
import cairn.engine.layer.StagedLayer;
import cairn.engine.store.DataRoot;
import cairn.engine.store.Durability;
import cairn.linux.DirectoryHandle;
import cairn.linux.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Carries out the actions of findings, and lets the engine take up what has become readable by them. */
public final class Repairs {
    private static final int ROUNDS = 4;

    private final DataRoot root;
    private final Layers layers;
    private final Images images;
    private final LayerSource source;

    public Repairs(DataRoot root, Layers layers, Images images, LayerSource source) {
        this.root = root;
        this.layers = layers;
        this.images = images;
        this.source = source;
    }

    /**
     * One action and what became of it.
     *
     * @param fault empty if it was done
     */
    public record Outcome(Action action, String fault) {}

    /**
     * What a repair did.
     *
     * @param after the store as it is now
     */
    public record Result(List<Outcome> outcomes, StoreCheck.Report after) {
        public Result {
            outcomes = List.copyOf(outcomes);
        }
    }

    /**
     * Repairs what a check has found, and checks again; what only then can be told is repaired too, in a few rounds at most.
     *
     * @param contents as for {@link StoreCheck#check}
     */
    public Result repair(StoreCheck check, StoreCheck.Report found, boolean contents, StoreCheck.Progress progress)
            throws IOException, InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        Set<Action> done = new LinkedHashSet<>();
        StoreCheck.Report report = found;
        for (int round = 0; round < ROUNDS; round++) {
            List<Action> plan = new ArrayList<>(plan(report.findings()));
            plan.removeIf(action -> !done.add(action));
            if (plan.isEmpty()) {
                break;
            }
            outcomes.addAll(carryOut(plan));
            report = check.check(contents, progress);
        }
        return new Result(outcomes, report);
    }

    /** All actions of these findings, each once, in the order in which they are to be done. */
    public static List<Action> plan(List<Finding> findings) {
        Set<Action> actions = new LinkedHashSet<>();
        findings.forEach(finding -> actions.addAll(finding.actions()));
        List<Action> plan = new ArrayList<>(actions);
        plan.sort(Comparator.comparingInt(Repairs::turn));
        return plan;
    }

    /** First what others stand on; what is removed after what no longer names it; last what looks at the result. */
    private static int turn(Action action) {
        return switch (action) {
            case Action.MakeDirectory _ -> 0;
            case Action.Write _, Action.WriteConfig _, Action.Link _, Action.Mode _, Action.RewriteNames _ -> 1;
            case Action.FetchLayer _ -> 2;
            case Action.ForgetName _, Action.ReleaseLayer _ -> 3;
            case Action.Discard _ -> 4;
            case Action.Restore _ -> 5;
            case Action.Measure _ -> 6;
        };
    }

    /** Does all of it; a fault of one action keeps no other from being done. */
    public List<Outcome> carryOut(List<Action> plan) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Action action : plan) {
            outcomes.add(new Outcome(action, attempt(action)));
        }
        layers.takeUp();
        images.takeUp();
        return outcomes;
    }

    private String attempt(Action action) {
        try {
            perform(action);
            return "";
        } catch (IOException | EngineException | LinuxException e) {
            return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
    }

    private void perform(Action action) throws IOException {
        switch (action) {
            case Action.MakeDirectory make -> {
                try (DirectoryHandle parent = parent(make.path())) {
                    parent.mkdir(name(make.path()), make.mode());
                    parent.chmod(name(make.path()), make.mode());
                }
            }
            case Action.Write write ->
                root.files()
                        .write(
                                write.path(),
                                write.content().getBytes(StandardCharsets.UTF_8),
                                write.mode(),
                                Durability.POWER);
            case Action.WriteConfig write -> {
                Image image = images.find(write.image());
                if (image == null) {
                    throw new IOException("the engine does not have the image any more");
                }
                root.files().write(write.path(), image.config().bytes(), 0600, Durability.POWER);
            }
            case Action.Link link -> {
                try (DirectoryHandle parent = parent(link.path())) {
                    root.trash().discard(parent, name(link.path()));
                    parent.symlink(link.target(), name(link.path()));
                }
            }
            case Action.Mode mode -> {
                if (mode.path().equals(root.path())) {
                    try (DirectoryHandle directory = DirectoryHandle.open(root.path())) {
                        directory.chmod(mode.mode());
                    }
                } else {
                    try (DirectoryHandle parent = parent(mode.path())) {
                        parent.chmod(name(mode.path()), mode.mode());
                    }
                }
            }
            case Action.Measure measure ->
                root.files()
                        .write(
                                measure.sizeFile(),
                                Long.toString(LayerAudit.size(measure.diff())).getBytes(StandardCharsets.US_ASCII),
                                0644,
                                Durability.POWER);
            case Action.RewriteNames _ -> images.rewriteNames();
            case Action.ForgetName forget -> {
                if (!images.forgetName(forget.name())) {
                    throw new IOException(forget.name().familiar() + " has become the name of an image meanwhile");
                }
            }
            case Action.FetchLayer fetch -> {
                try (StagedLayer staged = source.fetch(fetch.diffId())) {
                    layers.replaceFiles(fetch.layer(), fetch.cacheId(), staged);
                }
            }
            case Action.ReleaseLayer release -> {
                if (!layers.releaseUnused(release.layer())) {
                    throw new IOException("layer " + release.layer() + " is in use after all");
                }
            }
            case Action.Restore restore -> LayerRestore.restore(restore.diff(), restore.record());
            case Action.Discard discard -> root.trash().discard(discard.path());
        }
    }

    private static DirectoryHandle parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("no directory in " + path);
        }
        return DirectoryHandle.open(parent);
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }
}
